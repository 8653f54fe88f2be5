import type { Cluster } from "./cluster";
import type { Machine } from "./machine";

type Fault = (cluster: Cluster, machine: Machine, milliseconds: number) => void;

/** Each by its name; what ends after a while ends by itself. */
export const faults: Record<string, Fault> = {
  "power cut": (cluster, machine, milliseconds) => {
    machine.cutPower();
    cluster.time.after(milliseconds, () => powerOn(cluster, machine));
  },
  "power cut everywhere": (cluster) => {
    for (const machine of cluster.machines) {
      machine.cutPower();
      cluster.time.after(cluster.time.between(2_000, 20_000), () => powerOn(cluster, machine));
    }
  },
  "agent killed": (cluster, machine, milliseconds) => cluster.killAgent(machine, milliseconds / 3),
  "agent stopped": (cluster, machine, milliseconds) => {
    const { process } = machine;
    process?.pause();
    cluster.time.after(milliseconds, () => {
      if (!process?.alive) return;
      if (cluster.healed || cluster.time.chance(0.7)) return process.resume();
      if (machine.process === process) cluster.killAgent(machine);
    });
  },
  "postmaster killed": (_, machine) => {
    if (machine.disk.hangs && machine.server) machine.server.doomed = true;
    else machine.endServer();
  },
  "backend killed": (_, machine) => machine.server?.crash(),
  "PostgreSQL stopped": (cluster, machine, milliseconds) => {
    const { server } = machine;
    if (!server) return;
    server.frozen = true;
    cluster.time.after(milliseconds, () => (server.frozen = false));
  },
  "disk hangs": (cluster, machine, milliseconds) => {
    machine.disk.hangs = true;
    cluster.time.after(milliseconds, () => machine.unhangDisk());
  },
  "disk full": (cluster, machine, milliseconds) => {
    machine.disk.full = true;
    cluster.time.after(milliseconds, () => (machine.disk.full = false));
  },
  "cut off": (cluster, machine, milliseconds) =>
    partition(cluster, milliseconds, (a, b) => a === machine || b === machine),
  "heard by nobody": (cluster, machine, milliseconds) => partition(cluster, milliseconds, (a) => a === machine),
  "hears nobody": (cluster, machine, milliseconds) => partition(cluster, milliseconds, (_, b) => b === machine),
  "split in two": (cluster, _, milliseconds) => {
    const side = new Set(cluster.machines.filter(() => cluster.time.chance(0.5)));
    partition(cluster, milliseconds, (a, b) => side.has(a) !== side.has(b));
  },
  "some ways closed": (cluster, _, milliseconds) => partition(cluster, milliseconds, () => cluster.time.chance(0.4)),
  "bad network": (cluster, _, milliseconds) => {
    cluster.network.loss = cluster.time.between(0, 0.4);
    cluster.network.slow = cluster.time.between(0, 0.3);
    cluster.time.after(milliseconds, () => (cluster.network.loss = cluster.network.slow = 0));
  },
  handover: (cluster) => cluster.handOver(),
};

function powerOn(cluster: Cluster, machine: Machine): void {
  if (machine.powered) return;
  machine.powered = true;
  cluster.note(machine.name, "--- power on");
  cluster.time.after(cluster.time.between(500, 4_000), () => cluster.startAgent(machine));
}

function partition(cluster: Cluster, milliseconds: number, cut: (from: Machine, to: Machine) => boolean): void {
  const { network, time, machines } = cluster;
  const ways = machines.flatMap((a) =>
    machines.filter((b) => a !== b && cut(a, b)).map((b) => [a.name, b.name] as const),
  );
  for (const [from, to] of ways) network.close(from, to);
  time.after(milliseconds, () => {
    for (const [from, to] of ways) network.open(from, to);
  });
}

export function inflict(cluster: Cluster, name: string, machine: Machine, milliseconds: number): void {
  cluster.note(machine.name, `*** ${name}`, { seconds: Math.round(milliseconds / 100) / 10 });
  faults[name]!(cluster, machine, milliseconds);
  cluster.time.stirred = true;
}

/** The leader more often than others. */
function victim(cluster: Cluster): Machine {
  return (cluster.time.chance(0.5) && cluster.leader()) || cluster.time.pick(cluster.machines);
}

/** Faults at random, one upon the other, for so long; more of them where an agent is just doing something delicate. */
export async function chaos(cluster: Cluster, milliseconds: number): Promise<void> {
  const { time } = cluster;
  const end = time.now + milliseconds;
  const names = Object.keys(faults);
  const pace = time.pick([1_500, 4_000, 9_000]);
  const delicate = new Set([
    "elected",
    "candidate",
    "vote",
    "primary",
    "members",
    "steps down",
    "rewind",
    "clone",
    "follow",
  ]);
  const nerves = time.pick([0, 0.02, 0.1]);
  const quick = [
    "power cut",
    "agent killed",
    "agent stopped",
    "postmaster killed",
    "cut off",
    "heard by nobody",
    "hears nobody",
    "some ways closed",
    "disk hangs",
  ];
  cluster.witness = (machine, event) => {
    if (!delicate.has(event) || !time.chance(nerves)) return;
    const target = time.chance(0.6) ? machine : time.pick(cluster.machines);
    time.after(time.between(0, time.pick([10, 100, 600])), () => {
      if (time.now < end) inflict(cluster, time.pick(quick), target, time.between(500, 20_000));
    });
  };
  while (time.now < end) {
    await time.runUntil(time.now + time.between(0, 2 * pace));
    if (time.chance(0.05) && (await replaceOne(cluster))) continue;
    inflict(cluster, time.pick(names), victim(cluster), time.pick([1, 4, 16]) * time.between(300, 1_500));
  }
  cluster.witness = () => undefined;
}

/** A machine is lost with all it has, and replaced; only while nothing else is wrong, and nothing else may go wrong until it has joined. */
async function replaceOne(cluster: Cluster): Promise<boolean> {
  const { time, network, machines } = cluster;
  const whole = (): boolean =>
    cluster.unwell() === null && network.isWhole && machines.every(({ process, disk }) => process?.runs && !disk.hangs);
  if (machines.length < 3 || !whole()) return false;
  const witness = cluster.witness;
  cluster.witness = () => undefined;
  const machine = victim(cluster);
  cluster.note(machine.name, "*** replaced by a blank machine");
  machine.replace();
  time.after(10_000, () => powerOn(cluster, machine));
  const until = time.now + 60_000;
  do await time.runUntil(time.now + 1_000);
  while (!whole() && time.now < until);
  cluster.witness = witness;
  return true;
}

/** Everything works again. */
export function heal(cluster: Cluster): void {
  cluster.note("", "*** everything is healed");
  cluster.healed = true;
  cluster.network.heal();
  for (const machine of cluster.machines) {
    if (machine.server) machine.server.frozen = false;
    machine.unhangDisk();
    machine.disk.full = false;
    machine.process?.resume();
    powerOn(cluster, machine);
    if (!machine.process?.alive) cluster.time.after(1_000, () => cluster.startAgent(machine));
  }
  cluster.time.stirred = true;
}
