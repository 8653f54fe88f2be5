import { expect } from "chai";
import { localCluster } from "../../drills/cluster";
import { short } from "../../drills/matrix";
import { report, runDrill, summary } from "../../drills/run";
import { withSlack } from "../../drills/slack";
import type { Subject } from "../../drills/subject";
import { sharedCluster } from "./shared";

/** A shared machine may be busy with something else; the benchmark has the times. */
const slack = 3;

/** The short version of the matrix: on the cluster that is up, or else on one that is made for it. */
describe("the data survives", function () {
  this.timeout(10 * 60_000);
  let cluster: Subject;

  before(async () => {
    await sharedCluster();
    cluster = await localCluster();
  });

  for (const drill of short) {
    it(drill.name, async () => {
      const outcome = await runDrill(cluster, withSlack(drill, slack));
      expect(outcome.broken, report(outcome)).to.deep.equal([]);
      console.log(`      ${summary(outcome)}`);
    });
  }
});
