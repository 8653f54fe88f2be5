import type { HostFabric } from "../local/fabric";
import type { Subject } from "./subject";

/** What is done to nodes, to all of them in one moment. */
type Act = (subject: Subject, nodes: string[]) => Promise<unknown>;

/** Something that breaks one node, or several at once, until it is ended. */
export interface Fault {
  name: string;
  inject: Act;
  /** Takes it back; what it broke may have changed meanwhile. */
  end: Act;
  /** Whether the node's own clients are cut off with it, so that nothing is promised to them. */
  strands: boolean;
  /** The longest write gap promised to all other clients when it happens to the primary, in seconds; absent for none. */
  gapSeconds?: number;
  /** Whether redis on the node is lost with it, so that its failover is promised too. */
  takesRedis: boolean;
  /** Whether a redis that is master may acknowledge some more writes when it has a successor already (docs/redis.md). */
  redisOverlaps?: true;
}

/** Section "Promises" of the design, as the longest times in seconds. */
export const promised = {
  killed: 8,
  hostLost: 15,
  hung: 20,
  switchover: 1,
  redis: 8,
  /** A node comes back: everything whole again. */
  whole: 60,
} as const;

const together =
  (work: (fabric: HostFabric, machines: string[]) => Promise<unknown>): Act =>
  async (subject, nodes) => {
    const machines = await Promise.all(nodes.map((node) => subject.machine(node)));
    return work(
      subject.fabric,
      machines.map(({ name }) => name),
    );
  };

const each = (work: (fabric: HostFabric, machine: string) => Promise<unknown>): Act =>
  together((fabric, machines) => Promise.all(machines.map((machine) => work(fabric, machine))));

const nothing: Act = () => Promise.resolve();
const healed = each((fabric, machine) => fabric.heal(machine));

export const powerCut: Fault = {
  name: "power cut",
  inject: together((fabric, machines) => fabric.cut(...machines)),
  end: together((fabric, machines) => fabric.restore(...machines)),
  strands: true,
  gapSeconds: promised.hostLost,
  takesRedis: true,
};

export const partition: Fault = {
  name: "partition",
  inject: each((fabric, machine) => fabric.partition(machine)),
  end: healed,
  strands: true,
  gapSeconds: promised.hostLost,
  takesRedis: true,
};

export const deaf: Fault = {
  ...partition,
  name: "one-way partition, nothing comes in",
  inject: each((fabric, machine) => fabric.partition(machine, { direction: "in" })),
};

export const mute: Fault = {
  ...partition,
  name: "one-way partition, nothing goes out",
  inject: each((fabric, machine) => fabric.partition(machine, { direction: "out" })),
};

/** While every second packet is lost, nothing is promised but that no write is lost. */
export const lossyLink: Fault = {
  name: "50 % packet loss",
  inject: each((fabric, machine) => fabric.lossy(machine, 50)),
  end: healed,
  strands: true,
  takesRedis: false,
  redisOverlaps: true,
};

/** Between two nodes only; both still reach the third. */
export const apartFrom = (other: string): Fault => ({
  name: `partition from ${other}`,
  inject: async (subject, nodes) => {
    const peers = [(await subject.machine(other)).name];
    return each((fabric, machine) => fabric.partition(machine, { peers }))(subject, nodes);
  },
  end: healed,
  strands: false,
  gapSeconds: promised.hostLost,
  takesRedis: false,
});

const signalled = (signal: string, pattern: string) =>
  each((fabric, machine) => fabric.signal(machine, signal, pattern));

/** What was stopped may have been killed meanwhile; then there is nothing to wake up. */
const awakened = (pattern: string) =>
  each((fabric, machine) => fabric.signal(machine, "CONT", pattern).catch(() => undefined));

const postmaster = "^/usr/lib/postgresql/17/bin/postgres ";
const everyPostgres = "^(/usr/lib/postgresql/17/bin/postgres |postgres: )";
const agent = "/usr/local/lib/trivet/agent";

export const killedPostgres: Fault = {
  name: "kill -9 of the postmaster",
  inject: signalled("KILL", postmaster),
  end: nothing,
  strands: false,
  gapSeconds: promised.killed,
  takesRedis: false,
};

export const stoppedPostgres: Fault = {
  name: "SIGSTOP of PostgreSQL",
  inject: signalled("STOP", everyPostgres),
  end: awakened(everyPostgres),
  strands: false,
  gapSeconds: promised.hung,
  takesRedis: false,
};

/** The node's own pooler is the agent's to lead, so its clients are not counted. */
export const stoppedAgent: Fault = {
  name: "SIGSTOP of the agent",
  inject: signalled("STOP", agent),
  end: awakened(agent),
  strands: true,
  gapSeconds: promised.hung,
  takesRedis: false,
};

export const frozenDisk: Fault = {
  name: "frozen disk",
  inject: each((fabric, machine) => fabric.freeze(machine)),
  end: each((fabric, machine) => fabric.thaw(machine)),
  strands: false,
  gapSeconds: promised.hung,
  takesRedis: false,
  redisOverlaps: true,
};

export const fullDisk: Fault = {
  name: "full disk",
  inject: each((fabric, machine) => fabric.fill(machine)),
  end: each((fabric, machine) => fabric.unfill(machine)),
  strands: false,
  gapSeconds: promised.hung,
  takesRedis: false,
};

/** The node's clients have no way to any database; those of the other nodes do not notice. */
export const deadPooler: Fault = {
  name: "kill -9 of pgbouncer",
  inject: signalled("KILL", "^/usr/sbin/pgbouncer "),
  end: nothing,
  strands: true,
  gapSeconds: promised.hostLost,
  takesRedis: false,
};

/** The faults that make sense on any node. */
export const everyFault: Fault[] = [
  powerCut,
  partition,
  deaf,
  mute,
  lossyLink,
  killedPostgres,
  stoppedPostgres,
  stoppedAgent,
  frozenDisk,
  fullDisk,
];
