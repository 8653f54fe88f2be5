import { expect } from "chai";
import type { Look } from "../../../agent/health/look";
import { verdict, type Verdict } from "../../../agent/health/verdict";
import { birch, cedar, look } from "./support";

/** What comes of looks that follow each other every second. */
function course(...looks: Partial<Look>[]): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const [second, seen] of looks.entries()) {
    verdicts.push(verdict(look({ at: 1_000_000 + second * 1_000, ...seen }), verdicts.at(-1) ?? null));
  }
  return verdicts;
}

const times = <T>(count: number, seen: T): T[] => Array.from({ length: count }, () => seen);
const dead = { "3001": "dead", "3002": "dead" } as const;
const unwell = { "3001": "unwell", "3002": "dead" } as const;
const silent = [birch(null), cedar(null)];
const nobodyServes = [birch({ able: false, in: true }), cedar({ able: false, in: true })];
const drainedOnes = [birch({ able: true, in: false }), cedar({ able: true, in: false })];
const noDatabase = { database: false };

describe("whether a node is in rotation", () => {
  const states: [string, Partial<Look>, boolean, string][] = [
    ["all is well", {}, true, "It serves."],
    ["it cannot ask the stores", { database: null, redis: null }, true, "It serves."],
    ["one of its workers is well", { workers: { "3001": "well", "3002": "dead" } }, true, "It serves."],
    ["it is drained", { drains: ["operator"] }, false, "It is drained by operator."],
    ["two want it out", { drains: ["operator", "shutdown"] }, false, "It is drained by operator and shutdown."],
    ["it is drained, and nobody else is there", { drains: ["a"], peers: [] }, false, "It is drained by a."],
    ["it is drained and aside", { drains: ["a"], aside: true, workers: dead }, false, "It is drained by a."],
    ["no worker is alive", { workers: dead }, false, "None of its workers is alive."],
    ["no worker is alive anywhere", { workers: dead, peers: nobodyServes }, false, "None of its workers is alive."],
    ["a node alone has no worker alive", { workers: dead, peers: [] }, false, "None of its workers is alive."],
    ["it has no workers at all", { workers: {} }, false, "None of its workers is alive."],
    [
      "its workers restart, and others take the requests",
      { workers: dead, aside: true },
      true,
      "It passes its requests on to the other nodes for a moment.",
    ],
    [
      "its workers restart, and only nodes that are drained take the requests",
      { workers: dead, aside: true, peers: drainedOnes },
      true,
      "It passes its requests on to the other nodes for a moment.",
    ],
    ["its workers restart, and nobody takes the requests", { workers: dead, aside: true, peers: nobodyServes }, false, "None of its workers is alive."], // prettier-ignore
    ["its workers restart, and nobody is heard", { workers: dead, aside: true, peers: silent }, false, "None of its workers is alive."], // prettier-ignore
    [
      "it passes requests on, so that its own way to the database does not matter",
      { aside: true, database: false },
      true,
      "It passes its requests on to the other nodes for a moment.",
    ],
    ["only it lacks the database", noDatabase, false, "It has no way to the database's primary, and birch serves."],
    ["only it lacks redis", { redis: false }, false, "It has no way to redis' master, and birch serves."],
    ["only its workers are unwell", { workers: unwell }, false, "It has no worker that is well, and birch serves."],
    [
      "one other serves, and the third is silent",
      { database: false, peers: [birch(null), cedar()] },
      false,
      "It has no way to the database's primary, and cedar serves.",
    ],
    [
      "nobody has the database",
      { database: false, peers: nobodyServes },
      true,
      "It has no way to the database's primary, but no other node does better.",
    ],
    [
      "nobody has anything",
      { workers: unwell, database: false, redis: false, peers: nobodyServes },
      true,
      "It has no worker that is well and no way to the database's primary and no way to redis' master, but no other node does better.",
    ],
    [
      "those that do better are drained",
      { database: false, peers: drainedOnes },
      true,
      "It has no way to the database's primary, but no other node does better.",
    ],
    [
      "a node alone lacks the database",
      { database: false, peers: [] },
      true,
      "It has no way to the database's primary, but there is no other node.",
    ],
    [
      "it is cut off",
      { database: false, peers: silent },
      false,
      "It has no way to the database's primary, and hears only 1 of 3 nodes, itself included.",
    ],
    [
      "half of the nodes is not a majority",
      { redis: false, peers: [birch(null)] },
      false,
      "It has no way to redis' master, and hears only 1 of 2 nodes, itself included.",
    ],
    [
      "a majority is heard, and none of it does better",
      { database: false, peers: [birch({ able: false, in: true }), cedar(null)] },
      true,
      "It has no way to the database's primary, but no other node does better.",
    ],
    ["it hears nobody and lacks nothing", { peers: silent }, true, "It serves."],
  ];
  for (const [what, seen, isIn, why] of states)
    it(`${isIn ? "in" : "out"}, for good and at its first look, when ${what}`, () => {
      const [first] = course(seen);
      expect(first).to.include({ in: isIn, why });
      const [, ...later] = course({}, ...times(6, seen));
      expect(later.at(-1)).to.include({ in: isIn, why });
    });

  describe("does not flap:", () => {
    const ins = (...looks: Partial<Look>[]) => course(...looks).map((verdict) => (verdict.in ? "in" : "out"));

    it("one look without a living worker is none", () => {
      expect(ins({}, { workers: dead }, {}, { workers: dead }, {})).to.deep.equal(times(5, "in"));
      expect(ins({}, { workers: dead }, { workers: dead })).to.deep.equal(["in", "in", "out"]);
    });

    it("others must have done better for more than three seconds", () => {
      expect(ins({}, ...times(5, noDatabase))).to.deep.equal(["in", "in", "in", "in", "in", "out"]);
      expect(ins({}, ...times(4, noDatabase), {}, ...times(4, noDatabase))).to.deep.equal(times(10, "in"));
    });

    it("in a failover, in which the nodes get the new primary one after the other, none goes out", () => {
      const failover = times(9, { database: false, peers: nobodyServes });
      expect(ins({}, ...failover, ...times(3, noDatabase), {})).to.deep.equal(times(14, "in"));
    });

    it("coming back takes two good looks in a row", () => {
      const out = times(2, { workers: dead });
      expect(ins(...out, {}, {}, {})).to.deep.equal(["out", "out", "out", "in", "in"]);
      expect(ins(...out, {}, { workers: dead }, {}, {})).to.deep.equal(["out", "out", "out", "out", "out", "in"]);
      expect(course(...out, {})[2]!.why).to.equal("It has just become well; the next look confirms that.");
    });

    it("a drain counts at once, and so does its end, but for the two good looks", () => {
      expect(ins({}, { drains: ["operator"] }, {}, {})).to.deep.equal(["in", "out", "out", "in"]);
    });

    it("a fault that comes while it is out keeps it out at once", () => {
      const looks = [{ drains: ["operator"] }, {}, noDatabase, noDatabase];
      expect(ins(...looks)).to.deep.equal(times(4, "out"));
    });

    it("where all of them are the same, all come back", () => {
      const shared = { database: false, peers: nobodyServes };
      expect(ins(...times(5, noDatabase), shared, shared)).to.deep.equal([...times(6, "out"), "in"]);
    });
  });
});
