import { expect } from "chai";
import { ordeal, single, type Outcome } from "./simulation/run";
import type { ClusterSettings } from "./simulation/cluster";

/**
 * The agents of whole clusters against a model of everything around them: time, network, disks, PostgreSQL. All that
 * happens follows from the seed. SEEDS=2000 tries that many, SEED=17 one alone.
 */
const { SEED, SEEDS } = process.env;
const first = SEED === undefined ? 1 : Number(SEED);
const count = SEED === undefined ? Number(SEEDS ?? 60) : 1;
const seeds = Array.from({ length: count }, (_, at) => first + at);
/** How long faults go on, in milliseconds of the simulation. */
const faultsLast = 120_000;

const shapes = [3, 3, 5, 3, 1, 5];

function settingsOf(seed: number): ClusterSettings {
  return {
    seed,
    nodes: shapes[seed % shapes.length]!,
    lastNode: seed % 4 === 3 ? "available" : "protect",
    clocks: seed % 5 === 4 ? 1.5 : 1,
  };
}

function expectWell({ seed, violations, log }: Outcome): void {
  if (violations.length > 0) process.stdout.write(`\n${log()}\n`);
  expect(violations, `SEED=${seed}`).to.deep.equal([]);
}

describe("a cluster of agents", function () {
  this.timeout(count * 5_000);

  it(`loses nothing that was acknowledged, and comes back by itself, whatever fails (${count} seeds)`, async () => {
    let stranded = 0;
    for (const seed of seeds) {
      const outcome = await ordeal(settingsOf(seed), faultsLast);
      expectWell(outcome);
      if (outcome.stranded) stranded += 1;
    }
    expect(stranded, "clusters that need an operator").to.be.at.most(Math.ceil(count / 50));
  });

  it("does the same for the same seed", async () => {
    const [once, again] = [await ordeal(settingsOf(first), 30_000), await ordeal(settingsOf(first), 30_000)];
    expect(again.log()).to.equal(once.log());
    expect(again.acknowledged).to.equal(once.acknowledged).and.to.be.above(100);
  });

  // Of the simulation's time, from the fault until the next write is acknowledged.
  const promises: [fault: string, seconds: number][] = [
    ["postmaster killed", 8],
    ["backend killed", 8],
    ["agent killed", 8],
    ["power cut", 15],
    ["cut off", 15],
    ["hears nobody", 15],
    ["heard by nobody", 15],
    ["PostgreSQL stopped", 20],
    ["agent stopped", 15],
    ["disk hangs", 20],
    ["disk full", 20],
  ];
  for (const [fault, seconds] of promises) {
    it(`takes writes again within ${seconds} s: ${fault}`, async () => {
      for (const seed of seeds.slice(0, Math.max(5, count / 10))) {
        const outcome = await single({ seed, nodes: 3, lastNode: "protect", clocks: 1 }, fault);
        expectWell(outcome);
        if (outcome.gap > seconds * 1000) process.stdout.write(`\n${outcome.log()}\n`);
        expect(outcome.gap, `SEED=${seed}`).to.be.at.most(seconds * 1000);
      }
    });
  }
});
