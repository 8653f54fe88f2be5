import { expect } from "chai";
import { Voter } from "../../../agent/election/voter";
import type { Durable } from "../../../agent/durable";
import { timing } from "../../../agent/timing";
import type { Heartbeat, VoteRequest } from "../../../agent/wire/messages";
import { durable, FakeClock, FakeDatabase, FakeStore, standby } from "../support/fakes";

const lineage = [{ timeline: 1, begin: "0/0", term: 1 }];
const membership = { term: 1, change: 2, names: ["ash", "birch", "cedar"] };
const known = durable({ term: 4, led: 0, systemId: "7001", lineage, membership });

const asks = (more: Partial<VoteRequest> = {}): VoteRequest => ({
  term: 5,
  candidate: "ash",
  position: { term: 1, timeline: 1, lsn: "0/3000000" },
  trial: false,
  ...more,
});
const speaks = (more: Partial<Heartbeat> = {}): Heartbeat => ({
  term: 4,
  leader: "ash",
  ready: true,
  systemId: "7001",
  lineage,
  membership,
  ...more,
});

/** The voter birch, after a start with what it has kept. */
async function start(kept: Durable | FakeStore | null = known) {
  const store = kept instanceof FakeStore ? kept : new FakeStore(kept);
  const clock = new FakeClock();
  const database = new FakeDatabase();
  const voter = new Voter({ name: "birch", store, database, clock, timing, log: () => undefined });
  await voter.load();
  return { voter, store, clock, database };
}

/** The same, when it owes nobody its silence any more. */
async function free(kept: Durable | null = known) {
  const parts = await start(kept);
  await parts.clock.sleep(timing.promise);
  return parts;
}

describe("a voter's vote", () => {
  it("is on the disk before it is answered, and holds across a restart", async () => {
    const { voter, store } = await free();
    expect(await voter.asked(asks())).to.deep.include({ voter: "birch", term: 5, granted: true, membership });
    expect(store.written.at(-1)).to.deep.include({ term: 5, votedFor: "ash" });

    const again = await start(store);
    await again.clock.sleep(timing.promise);
    expect(await again.voter.asked(asks({ candidate: "cedar" }))).to.deep.include({
      granted: false,
      reason: "I voted for ash",
    });
    expect(await again.voter.asked(asks())).to.deep.include({ granted: true });
  });

  it("goes to one of two that ask for it at once", async () => {
    const { voter } = await free();
    const answers = await Promise.all([voter.asked(asks()), voter.asked(asks({ candidate: "cedar" }))]);
    expect(answers.map(({ granted }) => granted)).to.deep.equal([true, false]);
    expect(voter.durable).to.include({ term: 5, votedFor: "ash" });
  });

  it("is not given when it cannot be written down", async () => {
    const { voter, store } = await free();
    store.during = ({ votedFor }) => {
      if (votedFor) throw new Error("no space left");
    };
    await voter.asked(asks()).then(
      () => expect.fail("It answered."),
      (error: Error) => expect(error.message).to.equal("no space left"),
    );
    expect(voter.durable.votedFor).to.equal(null);
    store.during = () => undefined;
    expect(await voter.asked(asks({ candidate: "cedar" }))).to.include({ granted: true });
  });

  it("ends the stream from the earlier leader, and waits until the data has an end, before it is answered", async () => {
    const { voter, database } = await free();
    database.course = { follow: "cedar", synchronousStandbyNames: "" };
    database.looks = [
      standby({ lsn: "0/2F00000", streamsFrom: "cedar", settled: false }),
      standby({ lsn: "0/2F80000", settled: false }),
      standby({ lsn: "0/2F90000" }),
    ];
    const answer = await voter.asked(asks());
    expect(database.did).to.deep.equal(["follow nobody", "look", "look", "look"]);
    expect(answer).to.deep.include({ granted: true, position: { term: 1, timeline: 1, lsn: "0/2F90000" } });
  });

  it("is judged by where the data ended, not by where it was", async () => {
    const { voter, database } = await free();
    database.looks = [standby({ settled: false }), standby({ lsn: "0/3000001" })];
    expect(await voter.asked(asks())).to.deep.include({
      granted: false,
      reason: "my data reaches 0/3000001 of term 1",
      position: { term: 1, timeline: 1, lsn: "0/3000001" },
    });
    expect(voter.durable).to.include({ term: 5, votedFor: null });
  });

  it("is given without a position when the data's end is not known in time", async () => {
    const { voter, database } = await free();
    database.looks = [standby({ settled: false })];
    const answer = await voter.asked(asks());
    expect(answer.granted).to.equal(true);
    expect(answer).not.to.have.property("position");
  });

  for (const state of ["blank", "down", "starting", "hung"] as const)
    it(`is given without a position while PostgreSQL is ${state}`, async () => {
      const { voter, database } = await free();
      database.looks = [{ state }];
      const answer = await voter.asked(asks());
      expect(answer.granted).to.equal(true);
      expect(answer).not.to.have.property("position");
    });

  it("touches neither PostgreSQL nor its term when it is refused", async () => {
    const { voter, store, database } = await free();
    await voter.hears(speaks());
    const before = store.written.length;
    expect(await voter.asked(asks({ candidate: "cedar" }))).to.deep.include({ term: 4, granted: false });
    expect(database.did).to.deep.equal([]);
    expect(store.written).to.have.length(before);
  });

  it("changes nothing when it is only asked for", async () => {
    const { voter, store, database } = await free();
    expect(await voter.asked(asks({ trial: true }))).to.deep.include({ granted: true, term: 4 });
    expect(database.did).to.deep.equal(["look"]);
    expect(store.written).to.deep.equal([]);
    expect(await voter.asked(asks({ trial: true, candidate: "cedar" }))).to.include({ granted: true });
  });

  it("is none of a voter that knows no cluster", async () => {
    const { voter, store, database } = await free(null);
    expect(voter.blank).to.equal(true);
    for (const trial of [true, false])
      expect(await voter.asked(asks({ trial }))).to.include({ granted: false, reason: "I know no cluster yet" });
    expect(store.written).to.deep.equal([]);
    expect(database.did).not.to.include("follow nobody");
  });

  it("is refused by a leader, in whichever term", async () => {
    const { voter } = await free();
    voter.leading = true;
    expect(await voter.asked(asks({ term: 99 }))).to.include({ granted: false, reason: "I lead", term: 4 });
  });
});

describe("a voter's promise", () => {
  it("to a leader lasts its time from the leader's last word", async () => {
    const { voter, clock } = await free();
    await voter.hears(speaks());
    await clock.sleep(timing.promise - 1);
    expect(await voter.asked(asks({ candidate: "cedar" }))).to.include({ granted: false, reason: "I have heard ash" });
    await clock.sleep(1);
    expect(await voter.asked(asks({ candidate: "cedar" }))).to.include({ granted: true });
  });

  it("is kept by one that was restarted, as if the leader had just spoken", async () => {
    const { voter, clock } = await start();
    await clock.sleep(timing.promise - 1);
    expect(await voter.asked(asks())).to.include({
      granted: false,
      reason: "I have heard a leader of before the restart",
    });
    await clock.sleep(1);
    expect(await voter.asked(asks())).to.include({ granted: true });
  });

  it("ends when the leader gives up", async () => {
    const { voter } = await free();
    await voter.hears(speaks());
    expect(voter.released({ term: 4, leader: "ash" })).to.equal(true);
    expect(voter.heard).to.equal(null);
    expect(await voter.asked(asks({ candidate: "cedar" }))).to.include({ granted: true });
  });

  for (const [what, resignation] of [
    ["another", { term: 4, leader: "cedar" }],
    ["the leader of an earlier term", { term: 3, leader: "ash" }],
    ["the leader of a later term", { term: 5, leader: "ash" }],
  ] as const)
    it(`does not end when ${what} gives up`, async () => {
      const { voter } = await free();
      await voter.hears(speaks());
      expect(voter.released(resignation)).to.equal(false);
      expect(await voter.asked(asks({ candidate: "cedar" }))).to.include({ granted: false });
    });
});

describe("what a voter hears", () => {
  it("of a leader, it keeps before it answers", async () => {
    const { voter, store } = await free();
    const later = { term: 6, change: 1, names: ["ash", "birch"] };
    const answer = await voter.hears(speaks({ term: 6, membership: later }));
    expect(answer).to.deep.equal({ term: 6, accepted: true });
    expect(store.written).to.have.length(1);
    expect(store.written[0]).to.deep.include({ term: 6, votedFor: null, membership: later });
    expect(voter.heard).to.include({ leader: "ash", term: 6 });
  });

  it("it does not write down again when it is nothing new", async () => {
    const { voter, store } = await free();
    for (let times = 0; times < 5; times += 1) await voter.hears(speaks());
    expect(store.written).to.deep.equal([]);
  });

  for (const ready of [true, false])
    it(`of a leader that is ${ready ? "" : "not yet "}ready does not say what its own data is`, async () => {
      const { voter } = await free();
      const theirs = [...lineage, { timeline: 2, begin: "0/4000000", term: 5 }];
      await voter.hears(speaks({ term: 5, ready, lineage: theirs, systemId: ready ? "7001" : "" }));
      expect(voter.durable).to.deep.include({ term: 5, lineage, systemId: "7001" });
      expect(voter.heard!.lineage).to.deep.equal(theirs);
    });

  it("of another system's data does not change which is its own", async () => {
    const { voter } = await free();
    await voter.hears(speaks({ systemId: "9009" }));
    expect(voter.durable.systemId).to.equal("7001");
    const joins = await free(null);
    await joins.voter.hears(speaks({ systemId: "9009" }));
    expect(joins.voter.durable.systemId).to.equal("9009");
    expect(joins.voter.blank).to.equal(false);
  });

  it("of a leader of an earlier term, it refuses, and waits for nobody because of it", async () => {
    const { voter, store } = await free();
    await voter.asked(asks());
    const before = store.written.length;
    expect(await voter.hears(speaks())).to.deep.equal({ term: 5, accepted: false });
    expect(voter.heard).to.equal(null);
    expect(store.written).to.have.length(before);
    expect(voter.durable).to.include({ term: 5, votedFor: "ash" });
  });

  it("of an earlier leader while it settles for a vote, it refuses at once", async () => {
    const { voter, database } = await free();
    let refused: unknown;
    database.looks = [standby({ settled: false })];
    database.steer = async () => {
      refused = await voter.hears(speaks({ leader: "cedar" }));
    };
    await voter.asked(asks());
    expect(refused).to.deep.equal({ term: 5, accepted: false });
  });

  it("of a later leader ends its own leadership", async () => {
    const { voter } = await free();
    const ended: string[] = [];
    voter.deposed = (why) => void ended.push(why);
    voter.leading = true;
    await voter.hears(speaks({ term: 4 }));
    expect(ended).to.deep.equal([]);
    await voter.hears(speaks({ term: 5, leader: "cedar" }));
    expect(ended).to.deep.equal(["cedar leads term 5"]);
  });

  it("late, of the same leader's earlier members, does not undo what came since", async () => {
    const { voter } = await free();
    const later = { term: 4, change: 2, names: ["ash", "birch"] };
    await voter.hears(speaks({ membership: later }));
    await voter.hears(speaks({ membership: { term: 4, change: 1, names: ["ash", "birch", "cedar"] } }));
    expect(voter.durable.membership).to.deep.equal(later);
  });
});

describe("a voter's own candidature", () => {
  it("takes its own vote, on disk, and settles", async () => {
    const { voter, store, database } = await free();
    await voter.hears(speaks());
    expect(await voter.stands(5)).to.deep.equal({ term: 1, timeline: 1, lsn: "0/3000000" });
    expect(store.written.at(-1)).to.include({ term: 5, votedFor: "birch" });
    expect(database.did).to.include("follow nobody");
    expect(voter.heard).to.equal(null);
    voter.released({ term: 5, leader: "birch" });
    expect(await voter.asked(asks())).to.include({ granted: false, reason: "I voted for birch" });
  });

  for (const term of [3, 4])
    it(`is none in term ${term} when it is in term 4`, async () => {
      const { voter, store } = await free();
      expect(await voter.stands(term)).to.equal(undefined);
      expect(store.written).to.deep.equal([]);
    });
});

describe("a voter's own office", () => {
  it("is taken in the term of its election, on disk, and ends its votes", async () => {
    const { voter, store } = await free();
    await voter.stands(5);
    expect(await voter.leads(5)).to.equal(true);
    expect(store.written.at(-1)).to.include({ term: 5, led: 5 });
    expect(await voter.asked(asks({ term: 6 }))).to.include({ granted: false, reason: "I lead" });
  });

  it("is not taken when its vote went to a later candidate meanwhile", async () => {
    const { voter, store } = await free();
    await voter.stands(5);
    const [, taken] = await Promise.all([voter.asked(asks({ term: 6 })), voter.leads(5)]);
    expect(taken).to.equal(false);
    expect(voter.leading).to.equal(false);
    expect(await store.read()).to.include({ term: 6, votedFor: "ash", led: 0 });
  });
});

describe("a voter behind the others' term", () => {
  it("catches up, and has its vote of that term", async () => {
    const { voter } = await free({ ...known, votedFor: "birch" });
    await voter.catchesUp(9);
    expect(voter.durable).to.include({ term: 9, votedFor: null });
  });

  for (const term of [3, 4])
    it(`is none that hears of term ${term} in term 4`, async () => {
      const { voter, store } = await free({ ...known, votedFor: "birch" });
      await voter.catchesUp(term);
      expect(voter.durable).to.include({ term: 4, votedFor: "birch" });
      expect(store.written).to.deep.equal([]);
    });
});

describe("what a voter keeps", () => {
  it("loses nothing of what is kept at the same time", async () => {
    const { voter, store } = await free();
    await Promise.all([
      voter.keep({ term: 5, votedFor: "ash" }),
      voter.keep({ led: 3 }),
      voter.keep({ lineage: [] }),
      voter.keep({ membership: { ...membership, change: 3 } }),
      voter.keep({ forced: true }),
    ]);
    const all = {
      ...known,
      ...{ term: 5, votedFor: "ash", led: 3, lineage: [], forced: true },
      membership: { ...membership, change: 3 },
    };
    expect(voter.durable).to.deep.equal(all);
    expect(await store.read()).to.deep.equal(all);
  });

  it("is what it had when it cannot be written, and the next is written all the same", async () => {
    const { voter, store } = await free();
    store.during = () => {
      throw new Error("no space left");
    };
    const failed = await voter.keep({ led: 3 }).catch((error: Error) => error.message);
    expect(failed).to.equal("no space left");
    expect(voter.durable).to.deep.equal(known);
    store.during = () => undefined;
    await voter.keep({ forced: true });
    expect(await store.read()).to.deep.equal({ ...known, forced: true });
  });

  it("is not known before it is on the disk", async () => {
    const { voter, store } = await free();
    store.during = () => void expect(voter.durable.term).to.equal(4);
    await voter.keep({ term: 5 });
    expect(voter.durable.term).to.equal(5);
  });

  it("makes it a voter that knows a cluster, even with nothing in it", async () => {
    const { voter, store } = await free(null);
    await voter.keep({});
    expect(voter.blank).to.equal(false);
    expect(store.written).to.have.length(1);
  });

  it("never goes back to an earlier term, even if a later one comes in while it is about to", async () => {
    const { voter, store } = await free();
    await Promise.all([voter.keep({ term: 7, votedFor: "ash" }), voter.keep({ term: 5, votedFor: null })]);
    expect(voter.durable).to.include({ term: 7, votedFor: "ash" });
    expect(await store.read()).to.include({ term: 7, votedFor: "ash" });
  });
});

describe("how far a voter's data reaches", () => {
  it("is not known of a node without data or without a PostgreSQL that answers", async () => {
    const { voter, database } = await free();
    for (const state of ["blank", "down", "starting", "hung"] as const) {
      database.looks = [{ state }];
      expect(await voter.position()).to.equal(undefined);
    }
    const parts = { store: new FakeStore(known), clock: new FakeClock(), timing, log: () => undefined };
    const without = new Voter({ name: "fig", database: null, ...parts });
    await without.load();
    expect(await without.position()).to.equal(undefined);
  });

  it("counts a timeline that it began itself, and could tell nobody of", async () => {
    const { voter, database } = await free({ ...known, term: 6, led: 6 });
    database.looks = [standby({ lsn: "0/4000100", timeline: 2 })];
    database.ownLineage = [...lineage, { timeline: 2, begin: "0/4000000", term: 6 }];
    expect(await voter.position()).to.deep.equal({ term: 6, timeline: 2, lsn: "0/4000100" });
    expect(voter.durable.lineage).to.deep.equal(database.ownLineage);
  });

  it("is not known on a timeline that it did not begin and nobody told it of", async () => {
    const { voter, database } = await free();
    database.looks = [standby({ lsn: "0/4000100", timeline: 2 })];
    expect(await voter.position()).to.equal(undefined);
    expect(database.did).not.to.include("lineage");
  });
});
