import { expect } from "chai";
import { timing } from "../../../components/roles/redis";
import { runShape, type Run } from "../../support/program";

const names = ["ash", "birch", "cedar", "elm", "fir"];
const scriptOf = (run: Run, node: string) => String(run.named(`${node}-sentinel`).inputs.stdin);
const shape = (dataNodes: number) =>
  runShape({ nodes: names.slice(0, dataNodes).map((name) => ({ name })), nominated: "ash" });

describe("the role sentinel", function () {
  this.timeout(60_000);
  const runs = new Map<number, Run>();
  before(async () => {
    for (const dataNodes of [1, 3, 5]) runs.set(dataNodes, await shape(dataNodes));
  });

  for (const [dataNodes, quorum] of [
    [1, 1],
    [3, 2],
    [5, 3],
  ] as const)
    it(`wants ${quorum} of ${dataNodes} to agree`, () => {
      for (const node of names.slice(0, dataNodes))
        expect(scriptOf(runs.get(dataNodes)!, node)).to.match(
          new RegExp(`^sentinel monitor main MASTER 6379 ${quorum}$`, "m"),
        );
    });

  it("waits as long as redis' arithmetic says, on a master that is stuck loading too", () => {
    const script = scriptOf(runs.get(3)!, "ash");
    expect(script).to.match(new RegExp(`^sentinel down-after-milliseconds main ${timing.downAfterMs}$`, "m"));
    expect(script).to.match(new RegExp(`^sentinel master-reboot-down-after-period main ${timing.downAfterMs}$`, "m"));
    expect(script).to.match(new RegExp(`^sentinel failover-timeout main ${timing.failoverTimeoutMs}$`, "m"));
  });

  it("speaks TLS only, to redis and to other sentinels, by address, and has every client show a certificate", () => {
    expect(scriptOf(runs.get(3)!, "ash").split("\n")).to.include.members([
      "port 0",
      "tls-port 26379",
      "tls-replication yes",
      "tls-auth-clients yes",
      "sentinel resolve-hostnames no",
      "sentinel deny-scripts-reconfig yes",
    ]);
  });

  it("never writes the file in which sentinel keeps its state", () => {
    const written = [...scriptOf(runs.get(3)!, "ash").matchAll(/^file \S+ \S+ (\S+) </gm)].map(([, file]) => file!);
    expect(written).to.include("/etc/trivet/redis/sentinel.conf");
    expect(written.filter((file) => file.startsWith("/var/"))).to.deep.equal([]);
  });

  for (const dataNodes of [3, 5])
    it(`gives each of ${dataNodes} its own moment to forget nodes that are no more`, () => {
      const seconds = names
        .slice(0, dataNodes)
        .map((node) => Number(/^OnCalendar=\*-\*-\* \*:\*:(\d+)$/m.exec(scriptOf(runs.get(dataNodes)!, node))![1]))
        .sort((a, b) => a - b);
      for (const [at, second] of seconds.entries())
        expect((seconds[at + 1] ?? seconds[0]! + 60) - second).to.be.at.least(10);
    });

  it("is not disturbed by another node's new address", () => {
    // The others' addresses are in redis-peers, which is read when it is used.
    expect(scriptOf(runs.get(3)!, "ash")).not.to.include("10.22.0.12");
  });
});
