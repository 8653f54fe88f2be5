import { expect } from "chai";
import type { Durable } from "../../../agent/durable";
import { campaign, elected } from "../../../agent/election/campaign";
import type { Membership } from "../../../agent/election/membership";
import { Voter } from "../../../agent/election/voter";
import { timing } from "../../../agent/timing";
import type { VoteAnswer, VoteRequest, Wire } from "../../../agent/wire/messages";
import { durable, FakeClock, FakeDatabase, FakeStore, standby } from "../support/fakes";

const position = { term: 1, timeline: 1, lsn: "0/3000000" };
const members = (names: string[], term = 1, change = 0): Membership => ({ term, change, names });
const three = members(["ash", "birch", "cedar"]);

const answer = (voter: string, more: Partial<VoteAnswer> = {}): VoteAnswer => ({
  ...{ voter, term: 5, granted: true, position, membership: three },
  ...more,
});
const refusal = (voter: string, more: Partial<VoteAnswer> = {}) => answer(voter, { granted: false, ...more });

describe("whether ash is elected", () => {
  const five = members(["ash", "birch", "cedar", "doum", "elm"]);
  /** What it is about, the voters, the membership that ash knows, the answers, the members of its term or null. */
  const table: [string, number, Membership, VoteAnswer[], string[] | null][] = [
    ["alone", 1, members(["ash"]), [], ["ash"]],
    ["by nobody of three", 3, three, [], null],
    ["by one of two others", 3, three, [answer("birch")], three.names],
    ["by both others", 3, three, [answer("birch"), answer("cedar")], three.names],
    ["by refusals", 3, three, [refusal("birch"), refusal("cedar")], null],
    ["by one of four others", 5, five, [answer("birch")], null],
    ["by two of four others", 5, five, [answer("birch"), answer("cedar")], five.names],
    ["by one of two, who does not know its own data", 3, three, [answer("birch", { position: undefined })], null],
    [
      "by two, of whom one knows its own data",
      3,
      three,
      [answer("birch", { position: undefined }), answer("cedar")],
      three.names,
    ],
    ["with data of one who refused", 3, three, [answer("birch", { position: undefined }), refusal("cedar")], null],
    ["without any data but its own, when commits waited for nobody", 3, members(["ash"]), [answer("birch", { position: undefined })], ["ash"]], // prettier-ignore
    ["when it is no member itself", 3, members(["birch", "cedar"]), [answer("birch"), answer("cedar")], null],
    [
      "when one who voted for it knows that it is no member any more",
      3,
      three,
      [answer("birch", { membership: members(["birch", "cedar"], 1, 1) }), answer("cedar")],
      null,
    ],
    [
      "when one who voted for it knows more members, of whom too few were heard",
      5,
      three,
      [answer("birch", { membership: members([...five.names], 1, 1) }), answer("fir")],
      null,
    ],
    [
      "when one who voted for it knows fewer members",
      3,
      three,
      [answer("birch", { membership: members(["ash", "birch"], 2, 0) })],
      ["ash", "birch"],
    ],
    [
      "when one knows members of an earlier leader",
      3,
      members(["ash", "birch", "cedar"], 3, 0),
      [answer("birch", { membership: members(["ash"], 2, 9) })],
      three.names,
    ],
    [
      "when one who refused knows a later membership: it may hold or not",
      3,
      three,
      [answer("birch"), refusal("cedar", { membership: members(["birch", "cedar"], 1, 1) })],
      three.names,
    ],
    [
      "with the data of a voter that is no member",
      3,
      three,
      [answer("fir"), answer("birch", { position: undefined })],
      null,
    ],
  ];
  for (const [what, voters, known, answers, names] of table)
    it(`${what}: ${names ? names.join(", ") : "no"}`, () => {
      expect(elected({ name: "ash", voters, known, answers })?.names ?? null).to.deep.equal(names);
    });
});

describe("a campaign", () => {
  const lineage = [{ timeline: 1, begin: "0/0", term: 1 }];
  const names = three.names;
  const clock = new FakeClock();
  let voters: Record<string, Voter>;
  let databases: Record<string, FakeDatabase>;
  let stores: Record<string, FakeStore>;
  /** Those that do not answer. */
  let silent: string[];
  let calls: VoteRequest[];

  const wire: Wire = {
    call: async (peer, _call, body) => {
      if (silent.includes(peer)) throw new Error(`${peer} does not answer`);
      const request = body as VoteRequest;
      calls.push(request);
      return await voters[peer]!.asked(request);
    },
  };
  const stand = (name: string) =>
    campaign({
      name,
      others: names.filter((other) => other !== name),
      voter: voters[name]!,
      wire,
      log: () => undefined,
    });

  async function begin(kept: Record<string, Partial<Durable>> = {}): Promise<void> {
    silent = [];
    calls = [];
    voters = {};
    databases = {};
    stores = {};
    for (const name of names) {
      const store = (stores[name] = new FakeStore(durable({ term: 1, lineage, membership: three, ...kept[name] })));
      const database = (databases[name] = new FakeDatabase());
      voters[name] = new Voter({ name, store, database, clock, timing, log: () => undefined });
      await voters[name].load();
    }
    await clock.sleep(timing.promise);
  }

  it("is won with the others' votes, in the next term", async () => {
    await begin();
    expect(await stand("ash")).to.deep.equal({ term: 2, membership: { term: 2, change: 0, names } });
    expect(voters.ash!.durable).to.include({ term: 2, votedFor: "ash" });
    expect(voters.birch!.durable).to.include({ term: 2, votedFor: "ash" });
  });

  it("is won with one of three silent", async () => {
    await begin();
    silent = ["cedar"];
    expect(await stand("ash")).to.deep.include({ term: 2 });
  });

  it("disturbs nobody when a majority does not answer", async () => {
    await begin();
    silent = ["birch", "cedar"];
    expect(await stand("ash")).to.equal(null);
    expect(voters.ash!.durable).to.deep.include({ term: 1, votedFor: null });
    expect(databases.ash!.did).to.deep.equal(["look"]);
  });

  it("asks first, and does no more when the others have a leader", async () => {
    await begin();
    for (const name of ["birch", "cedar"])
      await voters[name]!.hears({
        ...{ term: 1, leader: "cedar", ready: true, systemId: "7001", lineage, membership: three },
      });
    expect(await stand("ash")).to.equal(null);
    expect(calls.map(({ trial }) => trial)).to.deep.equal([true, true]);
    expect(names.map((name) => voters[name]!.durable.term)).to.deep.equal([1, 1, 1]);
  });

  it("of one that is behind the others' term is lost, but the next one is heard", async () => {
    await begin({ birch: { term: 8 }, cedar: { term: 9 } });
    expect(await stand("ash")).to.equal(null);
    expect(voters.ash!.durable).to.include({ term: 9, votedFor: null });
    expect(await stand("ash")).to.deep.include({ term: 10 });
  });

  it("of one whose data is behind both others' is lost before it disturbs anybody", async () => {
    await begin();
    databases.ash!.looks = [standby({ lsn: "0/2FFFFFF" })];
    expect(await stand("ash")).to.equal(null);
    expect(voters.birch!.durable.term).to.equal(1);
  });

  it("is none without data of one's own that is known", async () => {
    await begin();
    databases.ash!.looks = [{ state: "down" }];
    expect(await stand("ash")).to.equal(null);
    expect(calls).to.deep.equal([]);
  });

  it("is none for one that is no member", async () => {
    await begin({ ash: { membership: members(["birch", "cedar"]) } });
    expect(await stand("ash")).to.equal(null);
    expect(calls).to.deep.equal([]);
  });

  it("ends with at most one leader a term, however many stand at once", async () => {
    for (let times = 0; times < 20; times += 1) {
      await begin();
      const results = await Promise.all(names.map(stand));
      const terms = results.flatMap((result) => (result ? [result.term] : []));
      expect(new Set(terms).size).to.equal(terms.length);
    }
  });

  it("that a later term overtakes is lost", async () => {
    await begin();
    stores.birch!.during = ({ votedFor }) => {
      if (votedFor === "ash") return voters.ash!.keep({ term: 7, votedFor: "cedar" });
    };
    silent = ["cedar"];
    expect(await stand("ash")).to.equal(null);
    expect(voters.ash!.durable).to.include({ term: 7, votedFor: "cedar" });
  });

  it("makes the members the new leader's, on its disk", async () => {
    await begin({ cedar: { membership: members(["ash", "cedar"], 1, 3) } });
    silent = ["birch"];
    const { membership } = (await stand("ash"))!;
    expect(membership).to.deep.equal({ term: 2, change: 0, names: ["ash", "cedar"] });
    expect(await stores.ash!.read()).to.deep.include({ membership });
  });

  /** Ash, the leader, began to go on alone, and nobody heard of it; birch then led, with cedar, and failed. */
  describe("after a change of members that was never known to a majority", () => {
    beforeEach(async () => {
      await begin({ ash: { membership: members(["ash"], 1, 1) } });
      silent = ["ash"];
      const { term, membership } = (await stand("birch"))!;
      const ready = { leader: "birch", ready: true, systemId: "7001" };
      await voters.cedar!.hears({ ...ready, term, membership, lineage });
      await clock.sleep(timing.promise);
      silent = ["birch"];
    });

    it("is not lost by who never made it", async () => {
      expect(await stand("cedar")).to.deep.include({ term: 3 });
    });

    it("is not won by who made it, without the data of another member", async () => {
      databases.cedar!.looks = [{ state: "down" }];
      expect(await stand("ash")).to.equal(null);
      expect(await stand("ash")).to.equal(null);
    });
  });
});
