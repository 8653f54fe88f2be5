import { expect } from "chai";
import { existsSync } from "node:fs";
import { stateDir } from "../../local/paths";
import { eventually, npmRun, run } from "./cluster";
import { hostSnapshot } from "./host";
import { hostBefore, sharedCluster } from "./shared";

/** The last of all, after whatever the others did to the cluster. */
describe("down", function () {
  this.timeout(10 * 60_000);

  before(sharedCluster);

  it("leaves no process, mount, namespace, route, rule or file behind", async () => {
    const before = hostBefore();
    const { exitCode, all } = await npmRun("down");
    expect(exitCode, all).to.equal(0);
    expect(existsSync(stateDir)).to.equal(false);
    expect((await run("git", "status", "--porcelain")).stdout).to.not.include("Pulumi.local.yaml");
    await eventually(10, async () => expect(await hostSnapshot()).to.deep.equal(before));
  });

  it("has nothing to do the second time", async () => {
    expect((await npmRun("down")).exitCode).to.equal(0);
  });
});
