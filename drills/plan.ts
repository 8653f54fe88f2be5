import { drillsWith, randomDrill } from "./matrix";
import { randomFrom } from "./random";
import type { Drill } from "./run";
import { withSlack } from "./slack";

export interface SoakOptions {
  /** Repeats the order of an earlier soak; by default any. */
  seed?: number;
  /** How long new drills begin. */
  minutes: number;
  /** Every drill in order, so often, instead of any at random. */
  matrix?: number;
  /** Of the matrix, what has this in its name. */
  only?: string;
  /** How many times what is promised may a time be; default 1. */
  slack?: number;
}

export interface Plan {
  /** How the same is done again. */
  what: string;
  drills: Iterable<Drill>;
}

/** Which drills a soak does. @throws Error when no drill has that name, or drills at random are to have one */
export function planOf({ slack = 1, ...options }: SoakOptions): Plan {
  const { what, drills } = strictPlan(options);
  if (slack === 1) return { what, drills };
  function* lenient() {
    for (const drill of drills) yield withSlack(drill, slack);
  }
  return { what: `${what} --slack ${slack}`, drills: lenient() };
}

function strictPlan({ seed, minutes, matrix, only }: Omit<SoakOptions, "slack">): Plan {
  if (matrix !== undefined) return inOrder(matrix, only ?? "");
  if (only !== undefined) throw new Error(`--only "${only}" is for --matrix; add --matrix 1.`);
  return atRandom(seed ?? Math.floor(Math.random() * 1e9), minutes);
}

function atRandom(seed: number, minutes: number): Plan {
  const random = randomFrom(seed);
  const limit = Date.now() + minutes * 60_000;
  function* drills() {
    while (Date.now() < limit) yield randomDrill(random);
  }
  return { what: `--seed ${seed} --minutes ${minutes}`, drills: drills() };
}

function inOrder(times: number, only: string): Plan {
  const chosen = drillsWith(only);
  const what = `--matrix ${times}${only && ` --only "${only}"`}`;
  return { what, drills: Array.from({ length: times }, () => chosen).flat() };
}
