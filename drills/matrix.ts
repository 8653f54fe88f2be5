import {
  deadPooler,
  everyFault,
  killedPostgres,
  partition,
  powerCut,
  promised,
  stoppedPostgres,
  type Fault,
} from "./faults";
import { pickFrom } from "./random";
import type { Drill } from "./run";
import * as scenarios from "./scenarios";
import { lasting, whole, type Part } from "./stage";

/** One fault on one node. */
export function single(fault: Fault, part: Part, seconds: number = lasting): Drill {
  return {
    name: `${fault.name} on the ${part}`,
    part,
    promised: {
      ...whole,
      ...(fault.gapSeconds === undefined ? {} : { gapSeconds: fault.gapSeconds }),
      ...(fault.redisOverlaps && { redisOverlaps: true }),
      ...(fault.takesRedis && part === "redis master" ? { redisGapSeconds: promised.redis } : {}),
    },
    run: async (stage) => {
      await stage.survive(fault, await stage.pick(part), seconds);
    },
  };
}

const parts: Part[] = ["primary", "standby", "redis master"];
const singles = everyFault.flatMap((fault) => parts.map((part) => single(fault, part)));

/** An orderly move of the primary: nobody sees more than a short wait. */
export const switchover: Drill = {
  name: "planned switchover",
  part: "primary",
  promised: { ...whole, gapSeconds: promised.switchover, failedStatements: 0 },
  run: async (stage) => {
    stage.begins("switchover");
    await stage.subject.switchover();
    await stage.writing();
    await stage.whole();
    await stage.hold(2);
  },
};

/** A hung primary that wakes up when its successor has long been writing. */
const wakesUpLate: Drill = {
  ...single(stoppedPostgres, "primary", 45),
  name: "a stopped PostgreSQL wakes up after 45 s",
};

/** All of it, in the order in which it is done; a soak picks from it. */
export const matrix: Drill[] = [
  ...singles,
  single(deadPooler, "primary", 5),
  switchover,
  scenarios.partialPartition,
  scenarios.everythingCut,
  scenarios.twoInARow,
  scenarios.twoAtOnce,
  scenarios.duringSwitchover,
  scenarios.duringRejoin,
  scenarios.sourceLostDuringRejoin,
  scenarios.maintenanceAndPartition,
  wakesUpLate,
  scenarios.returning(60),
  scenarios.returning(60, 512),
  scenarios.duringUp("primary"),
  scenarios.duringUp("standby"),
];

/** The short version, for every change: one drill for each kind of promise, in less than ten minutes. */
export const short: Drill[] = [
  single(killedPostgres, "primary", 10),
  single(powerCut, "primary"),
  single(partition, "primary"),
  single(stoppedPostgres, "primary"),
  single(powerCut, "redis master"),
  switchover,
  scenarios.partialPartition,
  scenarios.everythingCut,
];

/** Any drill of the matrix, or one fault for any time from a moment to twice as long as a failover takes. */
export function randomDrill(random: () => number): Drill {
  if (random() < 0.5) return pickFrom(matrix, random);
  const seconds = 1 + Math.floor(random() * 40);
  const drill = single(pickFrom(everyFault, random), pickFrom(parts, random), seconds);
  return { ...drill, name: `${drill.name}, for ${seconds} s` };
}

/** The matrix's drills with this in their names. @throws Error when there is none, with those that there are */
export function drillsWith(text: string): Drill[] {
  const found = matrix.filter(({ name }) => name.includes(text));
  if (found.length === 0)
    throw new Error(`no drill has "${text}" in its name; there are ${matrix.map(({ name }) => name).join("; ")}.`);
  return found;
}
