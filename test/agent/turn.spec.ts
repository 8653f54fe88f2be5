import { expect } from "chai";
import type { Voter } from "../../agent/election/voter";
import { timing } from "../../agent/timing";
import { Turn } from "../../agent/turn";
import { FakeClock } from "./support/fakes";

describe("the turn to stand for election", () => {
  let clock: FakeClock;
  let voter: { promisedUntil: number; votedAt: number };
  const turn = (rank: number) => new Turn(() => rank, voter as Voter, { clock, timing, random: () => 0.5 });

  /** In how many milliseconds it comes, in steps of the agent's looks. */
  async function comesIn(turn: Turn): Promise<number> {
    const begin = clock.now();
    while (!turn.isDue && clock.now() - begin < 60_000) await clock.sleep(timing.tick);
    return clock.now() - begin;
  }

  beforeEach(() => {
    clock = new FakeClock();
    voter = { promisedUntil: -Infinity, votedAt: -Infinity };
  });

  it("comes to one voter after the other", async () => {
    expect(await comesIn(turn(0))).to.equal(0);
    expect(await comesIn(turn(1))).to.be.within(timing.stagger, timing.stagger + timing.tick);
    expect(await comesIn(turn(2))).to.be.within(2 * timing.stagger, 2 * timing.stagger + timing.tick);
  });

  it("comes when the promise to the last leader has ended", async () => {
    voter.promisedUntil = clock.now() + 3_000;
    expect(await comesIn(turn(0))).to.equal(3_000);
  });

  it("leaves the candidate that it has voted for time to take office", async () => {
    voter.votedAt = clock.now();
    expect(await comesIn(turn(0))).to.be.within(1.5 * timing.call, 1.5 * timing.call + timing.tick);
  });

  it("counts anew when there was a leader", async () => {
    const second = turn(1);
    expect(second.isDue).to.equal(false);
    await clock.sleep(60_000);
    second.passes();
    expect(second.isDue).to.equal(false);
    expect(await comesIn(second)).to.be.within(timing.stagger, timing.stagger + timing.tick);
  });

  it("comes again some time after it was taken in vain", async () => {
    const first = turn(0);
    expect(first.isDue).to.equal(true);
    first.taken();
    expect(await comesIn(first)).to.be.within(timing.stagger, timing.stagger + timing.tick);
  });

  it("comes almost at once to the successor of a leader that resigns, and to the others later", () => {
    const waits = [turn(2).comesEarly(true), turn(0).comesEarly(false), turn(1).comesEarly(false)];
    expect(waits[0]).to.be.below(timing.tick);
    expect(waits[1]).to.be.above(2 * waits[0]!);
    expect(waits[2]! - waits[1]!).to.equal(timing.stagger);
  });
});
