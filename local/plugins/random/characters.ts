import { randomInt } from "node:crypto";
import type { Property } from "../frame/resource";

/** What passwords and strings are made of; the defaults are the official plugin's. */
export interface Characters {
  length: number;
  upper?: boolean;
  lower?: boolean;
  numeric?: boolean;
  /** The older name of `numeric`. */
  number?: boolean;
  special?: boolean;
  minUpper?: number;
  minLower?: number;
  minNumeric?: number;
  minSpecial?: number;
  overrideSpecial?: string;
}

const replace = true;

export const characterInputs = {
  keepers: { replace },
  length: { required: true, replace },
  lower: { default: true, replace },
  minLower: { default: 0, replace },
  minNumeric: { default: 0, replace },
  minSpecial: { default: 0, replace },
  minUpper: { default: 0, replace },
  number: { computed: true, replace },
  numeric: { computed: true, replace },
  overrideSpecial: { replace },
  special: { default: true, replace },
  upper: { default: true, replace },
} satisfies Record<string, Property>;

/** Draws the minimum of each class first, fills up from all of them, and shuffles. */
export function draw(wanted: Characters): string {
  const classes = [
    { on: wanted.special ?? true, min: wanted.minSpecial ?? 0, of: wanted.overrideSpecial || "!@#$%&*()-_=+[]{}<>:?" },
    { on: wanted.upper ?? true, min: wanted.minUpper ?? 0, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    { on: wanted.lower ?? true, min: wanted.minLower ?? 0, of: "abcdefghijklmnopqrstuvwxyz" },
    { on: numericOf(wanted), min: wanted.minNumeric ?? 0, of: "0123456789" },
  ];
  const all = classes.map(({ on, of }) => (on ? of : "")).join("");
  const drawn = classes.flatMap(({ min, of }) => pick(of, min));
  return shuffle([...drawn, ...pick(all, wanted.length - drawn.length)]).join("");
}

/** What the state says of the classes, whichever of the two names the program used. */
export function settled<Wanted extends Characters>(wanted: Wanted): Wanted & { number: boolean; numeric: boolean } {
  return { ...wanted, number: numericOf(wanted), numeric: numericOf(wanted) };
}

export function checkCharacters(wanted: Partial<Characters>): string[] {
  const faults: string[] = [];
  const least = (wanted.minUpper ?? 0) + (wanted.minLower ?? 0) + (wanted.minNumeric ?? 0) + (wanted.minSpecial ?? 0);
  if (wanted.length !== undefined && wanted.length < Math.max(1, least)) {
    faults.push(`length must be at least ${Math.max(1, least)} (the sum of all minimums), got: ${wanted.length}`);
  }
  if (![wanted.upper, wanted.lower, wanted.special, numericOf(wanted)].some((on) => on ?? true)) {
    faults.push("at least one of upper, lower, numeric and special must be true");
  }
  if (wanted.number !== undefined && wanted.numeric !== undefined && wanted.number !== wanted.numeric) {
    faults.push("number and numeric are two names of the same setting and must not differ");
  }
  return faults;
}

function numericOf(wanted: Partial<Characters>): boolean {
  return wanted.numeric ?? wanted.number ?? true;
}

function pick(from: string, count: number): string[] {
  return Array.from({ length: Math.max(0, count) }, () => from.charAt(randomInt(from.length)));
}

function shuffle<Item>(items: Item[]): Item[] {
  for (let at = items.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [items[at], items[other]] = [items[other] as Item, items[at] as Item];
  }
  return items;
}
