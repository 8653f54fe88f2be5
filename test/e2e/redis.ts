import { expect } from "chai";
import { eventually, inside, machines } from "./cluster";

const nodes = ["ash", "birch", "cedar"];

/** Runs an expression with what the node's own scripts know. */
export const ask = (node: string, expression: string) =>
  inside(node, `. /usr/local/lib/trivet/redis-peers; ${expression}`);

/** The node whose redis is the master, as a majority of the sentinels says. */
export async function masterNode(): Promise<string> {
  for (const { name, privateIp, state } of await machines()) {
    const node = name.replace("trivet-local-", "");
    if (state === "active" && (await ask(node, "agreed_master").catch(() => "")) === privateIp) return node;
  }
  throw new Error("No majority of the sentinels names a master that says so.");
}

export const infoOf = (node: string) => ask(node, 'cli monitor "$secrets/monitor.pass" "$self" 6379 INFO replication');

/** One master, both others in sync and ready to take over, and every sentinel well. */
export const whole = () =>
  eventually(120, async () => {
    const master = await masterNode();
    for (const node of nodes) {
      const info = await infoOf(node);
      if (node === master) expect(info, node).to.match(/role:master[^]*connected_slaves:2/);
      else expect(info, node).to.match(/master_link_status:up[^]*slave_priority:100/);
      expect((await ask(node, "instances SENTINELS")).split("\n").map((line) => line.split(" ")[1])).to.deep.equal([
        "sentinel",
        "sentinel",
      ]);
      expect(await ask(node, "instances REPLICAS"), node).to.not.include("down");
    }
    // A sentinel asks for a replica's priority every ten seconds.
    for (const node of nodes)
      expect(
        await ask(node, 'ask_sentinel "$self" SENTINEL REPLICAS main | grep -A1 slave-priority'),
        node,
      ).to.not.match(/^0$/m);
  });
