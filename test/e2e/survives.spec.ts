import { expect } from "chai";
import { existsSync } from "node:fs";
import { localCluster } from "../../drills/cluster";
import { short } from "../../drills/matrix";
import { report, runDrill, summary } from "../../drills/run";
import type { Subject } from "../../drills/subject";
import { stateDir } from "../../local/paths";
import { npmRun } from "./cluster";

/** The short version of the matrix: on the cluster that is up, or else on one that is made for it. */
describe("the data survives", function () {
  this.timeout(10 * 60_000);
  let cluster: Subject;
  let made = false;

  before(async () => {
    made = !existsSync(stateDir);
    if (made) {
      const { exitCode, all } = await npmRun("up");
      expect(exitCode, all).to.equal(0);
    }
    cluster = await localCluster();
  });

  after(async function () {
    if (this.currentTest?.state === "failed" && process.env.TRIVET_KEEP) return;
    if (made) await npmRun("down");
  });

  for (const drill of short) {
    it(drill.name, async () => {
      const outcome = await runDrill(cluster, drill);
      expect(outcome.broken, report(outcome)).to.deep.equal([]);
      console.log(`      ${summary(outcome)}`);
    });
  }
});
