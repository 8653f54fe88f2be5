import { readFileSync } from "node:fs";
import { expect } from "chai";
import { releasesTable, reportReleases } from "../../../cli/deploy/releases";
import type { DeployNode } from "../../../cli/deploy/node";
import { clusterForEach, currentRelease, sound, type FakeCluster } from "../support/fakeCluster";
import { folderWith } from "../support/folder";
import { faultOf } from "../support/sshServer";

const application = (version: string, files: Record<string, string> = {}) =>
  folderWith({
    ...sound,
    "trivet.yaml": "name: shop\ncheck: { seconds: 1 }\nmigrate: echo migrated\n",
    version,
    ...files,
  });

describe("a rollback", function () {
  this.timeout(120_000);
  let cluster: FakeCluster;
  clusterForEach((made) => (cluster = made));

  const reports = () =>
    cluster.with({}, (nodes: DeployNode[]) =>
      Promise.resolve(reportReleases(nodes.map(({ name, state }) => ({ name, state })))),
    );

  it("returns to the last good release on every node, without a build, an upload or a migration", async () => {
    const one = await cluster.deploy(application("1"));
    const two = await cluster.deploy(application("2"));
    await faultOf(cluster.deploy(application("3", { answer: "500" })));
    const migrations = readFileSync(cluster.database, "utf8");
    const yarns = () => cluster.nodes.map((node) => node.log().filter((line) => line.startsWith("yarn")).length);
    const before = yarns();

    expect(await cluster.rollback()).to.include({ release: one.release, changed: true });
    expect(cluster.nodes.map(currentRelease)).to.deep.equal([one.release, one.release]);
    expect(yarns()).to.deep.equal(before);
    expect(readFileSync(cluster.database, "utf8")).to.equal(migrations);

    const [bad, newer, older] = await reports();
    expect(bad?.last).to.include({ how: "deploy", outcome: "put back" });
    expect(newer).to.include({ release: two.release });
    expect(newer?.nodes.map((node) => node.current)).to.deep.equal([false, false]);
    expect(older?.last).to.include({ how: "rollback", outcome: "ok" });
    expect(older?.nodes).to.deep.equal([
      { name: "ash", current: true, outcome: "ok" },
      { name: "birch", current: true, outcome: "ok" },
    ]);
    const table = releasesTable(await reports()).split("\n");
    expect(table).to.have.length(4);
    expect(table[3]).to.match(new RegExp(`^${one.release}  ash\\* birch\\*  +ok  +\\S+ rollback by `));

    // There is nothing before it.
    const fault = await faultOf(cluster.rollback());
    expect(fault.message).to.match(/^There is no release to return to .* Nothing was changed\.$/);
    // But the newer one can be asked for.
    expect(await cluster.rollback(two.release)).to.include({ release: two.release, changed: true });
    expect(await cluster.rollback(two.release)).to.include({ changed: false });
  });

  it("refuses a release that is not there", async () => {
    await cluster.deploy(application("1"));
    const fault = await faultOf(cluster.rollback("../../etc"));
    expect(fault.message).to.match(/^There is no release "\.\.\/\.\.\/etc" on ash and birch; /);
  });

  it("puts the first node back when the older release is not healthy any more", async () => {
    const one = await cluster.deploy(application("1"));
    const two = await cluster.deploy(application("2"));
    for (const node of cluster.nodes) node.write(`srv/app/releases/${one.release}/answer`, "500");
    const fault = await faultOf(cluster.rollback());
    expect(fault.message).to.contain(`it runs ${two.release} again`);
    expect(cluster.nodes.map(currentRelease)).to.deep.equal([two.release, two.release]);
  });
});
