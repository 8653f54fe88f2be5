import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { DeployLock, duration, heartbeat, takenBy, whoAmI, type Claim } from "../../../cli/deploy/lock";
import { clusterForEach, type FakeCluster } from "../support/fakeCluster";
import { fakeNode, type FakeNode } from "../support/fakeNode";
import { faultOf } from "../support/sshServer";

const claim: Claim = { owner: "alice@laptop", what: "deploy", since: "2026-11-21T07:45:00Z", release: "r1" };

describe("the lock of a deploy", function () {
  this.timeout(60_000);

  it("names its owner in letters that are safe everywhere", () => {
    expect(whoAmI()).to.match(/^[\w.-]+@[\w.-]+$/);
  });

  it("says who holds it, since when and what for", () => {
    expect(takenBy("ash", `taken 190 ${JSON.stringify(claim)}\n`).message).to.equal(
      "alice@laptop has held ash for 3 minutes (deploy of r1), so nothing was changed; wait for its end. " +
        "If that machine is gone, so is its lock after 30 s.",
    );
    expect(takenBy("ash", "taken 0 \n").message).to.match(/^Another deploy has held ash for 0 s/);
    expect([59, 60, 7300].map(duration)).to.deep.equal(["59 s", "1 minute", "2 hours"]);
  });

  describe("on nodes", () => {
    let cluster: FakeCluster;
    clusterForEach((made) => (cluster = made));

    it("is taken on all of them or on none, and free again when it is let go", async () => {
      await cluster.with({}, async (nodes) => {
        const [ash, birch] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
        const lock = await DeployLock.take([birch], claim);
        const fault = await faultOf(
          cluster.with({}, (others) => DeployLock.take(others, { ...claim, owner: "bob@ci" })),
        );
        expect(fault.message).to.match(/^alice@laptop has held birch for \d+ s \(deploy of r1\)/);
        lock.assertHeld();
        // What bob had got before he failed is free.
        await (await DeployLock.take([ash], claim)).release();
        await lock.release();
        await (await DeployLock.take(nodes, claim)).release();
      });
    });

    it("is kept by its deployer, longer than the silence that a node bears", async () => {
      const { everyMs, patienceSeconds } = heartbeat;
      Object.assign(heartbeat, { everyMs: 300, patienceSeconds: 2 });
      try {
        await cluster.with({}, async (nodes) => {
          const lock = await DeployLock.take(nodes, claim);
          await new Promise((resolve) => setTimeout(resolve, 4_000));
          lock.assertHeld();
          await lock.release();
        });
      } finally {
        Object.assign(heartbeat, { everyMs, patienceSeconds });
      }
    });

    it("ends with its deployer's connection, and the deployer notices", async () => {
      await cluster.with({}, async (nodes) => {
        const lock = await DeployLock.take(nodes, claim);
        cluster.servers[1]?.drop();
        const until = Date.now() + 20_000;
        let lost: Error | undefined;
        while (!lost && Date.now() < until) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          try {
            lock.assertHeld();
          } catch (error) {
            lost = error as Error;
          }
        }
        expect(lost?.message).to.match(/^birch/);
        await lock.release();
      });
      await cluster.with({}, async (nodes) => (await DeployLock.take(nodes, claim)).release());
    });
  });

  describe("on a node", () => {
    let node: FakeNode;
    const script = readFileSync(path.resolve(__dirname, "../../../cli/deploy/on-node/lock.sh"), "utf8");
    const words = (patience: number) => [`bash -c "$SCRIPT" lock '${JSON.stringify(claim)}' ${patience}`];
    const env = { ...process.env, SCRIPT: script };
    const [program, ...rest] = ["unshare", "--mount", "--propagation", "slave"] as const;

    before(async function () {
      if (process.getuid?.() !== 0) this.skip();
      node = await fakeNode();
    });
    after(() => node?.close());

    const hold = (patience: number) => spawn(program, [...rest, node.file("enter"), ...words(patience)], { env });
    const held = async (child: ReturnType<typeof hold>) => String(await once(child.stdout, "data"));

    it("is let go when its holder has fallen silent, though its connection stands", async () => {
      const child = hold(1);
      expect(await held(child)).to.equal("held\n");
      expect(JSON.parse(node.read("run/trivet/deploy.lock"))).to.deep.equal(claim);
      await once(child, "exit");
      expect(node.read("run/trivet/deploy.lock")).to.equal("");
    });

    it("lasts as long as its holder speaks, longer than the silence that it bears", async () => {
      const child = hold(2);
      await held(child);
      for (let beat = 0; beat < 8; beat += 1) {
        child.stdin.write("\n");
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      expect(child.exitCode).to.equal(null);
      const other = spawnSync(program, [...rest, node.file("enter"), ...words(2)], { env, encoding: "utf8" });
      expect(other.status).to.equal(75);
      expect(other.stdout).to.match(/^taken \d+ \{"owner":"alice@laptop"/);
      const ended = once(child, "exit");
      child.stdin.end();
      await ended;
      expect(existsSync(node.file("run/trivet/deploy.lock"))).to.equal(true);
    });
  });
});
