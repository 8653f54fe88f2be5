import type { Machine } from "../local/fabric";
import { ask } from "./ask";
import { pulumiUp } from "./cluster";
import { apartFrom, partition, powerCut, promised, type Fault } from "./faults";
import { sql } from "./postgres";
import type { Drill } from "./run";
import { lasting, whole, type Part } from "./stage";

/** The primary and one standby do not see each other; the third node sees both. Nobody needs to move. */
export const partialPartition: Drill = {
  name: "partition between the primary and one standby",
  part: "primary",
  promised: { ...whole, gapSeconds: promised.hostLost },
  run: async (stage) => {
    const [primary, standby] = [await stage.pick("primary"), await stage.pick("standby")];
    const fault = apartFrom(standby);
    // Its pooler cannot reach the primary, unless the primary moves.
    stage.stranded.add(standby);
    await stage.survive(fault, primary);
  },
};

/** The whole cluster loses power at once, and comes back. */
export const everythingCut: Drill = {
  name: "power cut of every node at once",
  part: "several",
  promised: { wholeSeconds: 120 },
  run: async (stage) => {
    const { nodes } = stage.subject;
    await stage.inject(powerCut, ...nodes);
    await stage.hold(5);
    await stage.end(powerCut, ...nodes);
    await stage.whole();
    stage.stranded.clear();
    await stage.writing();
  },
};

/** The new primary fails as soon as the old one is a standby again. */
export const twoInARow: Drill = {
  name: "power cut of the primary, and then of its successor",
  part: "several",
  promised: { ...whole, gapSeconds: promised.hostLost },
  run: async (stage) => {
    for (let time = 0; time < 2; time++) {
      const primary = await stage.pick("primary");
      await stage.inject(powerCut, primary);
      await stage.writing();
      await stage.end(powerCut, primary);
      await stage.whole();
      if (time === 0) await stage.writing();
    }
  },
};

/** Two of three are gone: the one that is left cannot know whether it is alone, so nothing is written until one returns. */
export const twoAtOnce: Drill = {
  name: "power cut of the primary and a standby at once",
  part: "several",
  promised: whole,
  run: async (stage) => {
    const nodes = [await stage.pick("primary"), await stage.pick("standby")];
    await stage.inject(powerCut, ...nodes);
    await stage.hold(lasting);
    await stage.end(powerCut, ...nodes);
    await stage.whole();
    await stage.writing();
  },
};

/** The host is lost while its primary is being moved. Whether the move still succeeds is open; whether writes do is not. */
export const duringSwitchover: Drill = {
  name: "power cut of the primary during a switchover",
  part: "primary",
  promised: { ...whole, gapSeconds: promised.hostLost },
  run: async (stage) => {
    const primary = await stage.pick("primary");
    stage.begins("switchover");
    const moving = stage.subject.switchover().then(
      () => stage.mark("the switchover is done"),
      (error: Error) => stage.mark(`the switchover was given up: ${error.message.split("\n")[0]}`),
    );
    await stage.hold(1);
    await stage.survive(powerCut, primary);
    await moving;
  },
};

/** The old primary loses power again while it is on its way back. */
export const duringRejoin: Drill = {
  name: "power cut of the old primary while it rejoins",
  part: "primary",
  promised: { ...whole, gapSeconds: promised.hostLost },
  run: async (stage) => {
    const primary = await stage.pick("primary");
    await stage.inject(powerCut, primary);
    await stage.writing();
    for (const seconds of [2, 4, 8]) {
      await stage.end(powerCut, primary);
      await stage.hold(seconds);
      await stage.inject(powerCut, primary);
    }
    await stage.end(powerCut, primary);
    await stage.whole();
  },
};

/** The new primary loses power while the old one rejoins from it: two are gone for a while, and both come back. */
export const sourceLostDuringRejoin: Drill = {
  name: "power cut of the new primary while the old one rejoins",
  part: "several",
  promised: whole,
  run: async (stage) => {
    const first = await stage.pick("primary");
    await stage.inject(powerCut, first);
    await stage.writing();
    const second = await stage.pick("primary");
    await stage.end(powerCut, first);
    await stage.hold(3);
    await stage.inject(powerCut, second);
    await stage.hold(lasting);
    await stage.end(powerCut, second);
    await stage.whole();
    await stage.writing();
  },
};

/**
 * repmgr's "win by default": with one node away in good order, a mere partition of the primary must not make the one
 * that is left primary, since it sees no majority. Nothing is written meanwhile, and nothing is lost.
 */
export const maintenanceAndPartition: Drill = {
  name: "one node in maintenance and the primary partitioned",
  part: "several",
  promised: whole,
  run: async (stage) => {
    const [primary, standby] = [await stage.pick("primary"), await stage.pick("standby")];
    const maintenance: Fault = {
      ...powerCut,
      name: "orderly shutdown",
      inject: (subject, nodes) =>
        Promise.all(nodes.map(async (node) => ask(await subject.machine(node), "systemctl poweroff"))),
    };
    await stage.inject(maintenance, standby);
    await stage.hold(10);
    await stage.inject(partition, primary);
    await stage.hold(lasting);
    const roles = await stage.subject.roles();
    const usurper = stage.subject.nodes.find((node) => node !== primary && roles[node] === "primary");
    if (usurper) throw new Error(`${usurper} made itself primary without a majority`);
    await stage.end(partition, primary);
    await stage.end(maintenance, standby);
    await stage.whole();
    await stage.writing();
  },
};

/**
 * The old primary stays away while others write, and then comes back.
 * @param mebibytes of WAL that are written meanwhile, beside the clients' few: an hour's worth in a minute
 */
export const returning = (seconds: number, mebibytes = 0): Drill => ({
  name: `the old primary returns after ${seconds} s${mebibytes > 0 ? ` and ${mebibytes} MiB of new writes` : ""}`,
  part: "primary",
  promised: { ...whole, gapSeconds: promised.hostLost },
  run: async (stage) => {
    const { subject } = stage;
    const primary = await stage.pick("primary");
    await stage.inject(powerCut, primary);
    await stage.hold(Math.min(seconds, lasting));
    await stage.writing();
    if (mebibytes > 0) await writeMuch(await subject.machine(await stage.pick("primary")), mebibytes);
    await stage.hold(Math.max(0, seconds - lasting));
    await stage.end(powerCut, primary);
    await stage.whole();
  },
});

async function writeMuch(machine: Machine, mebibytes: number): Promise<void> {
  const each = 16;
  // Kept out of line and as it is: as many bytes of WAL as of text.
  await sql(machine, "CREATE TABLE drill_bulk (text text STORAGE EXTERNAL)", "app");
  const some = `INSERT INTO drill_bulk SELECT repeat('x', 1048576) FROM generate_series(1, ${each})`;
  for (let written = 0; written < mebibytes; written += each) await sql(machine, some, "app", 60);
  await sql(machine, "DROP TABLE drill_bulk", "app");
}

/** A machine is lost while `pulumi up` changes a setting of every node. Afterwards the next `up` succeeds. */
export const duringUp = (part: Part): Drill => ({
  name: `power cut of the ${part} during pulumi up`,
  part,
  promised: { ...whole, ...(part === "primary" ? { gapSeconds: promised.hostLost } : {}) },
  run: async (stage) => {
    const node = await stage.pick(part);
    stage.mark("pulumi up begins");
    const first = pulumiUp({ DRILL: new Date().toISOString() });
    try {
      await stage.hold(6);
      await stage.survive(powerCut, node);
    } finally {
      stage.mark(`that pulumi up ended with ${(await first).exitCode}`);
    }
    const second = await pulumiUp();
    if (second.exitCode !== 0) throw new Error(`the next pulumi up failed:\n${second.output}`);
    await stage.whole();
  },
});
