import { expect } from "chai";
import type { Agent } from "../../agent/agent";
import type { Look } from "../../agent/postgres/database";
import { problems } from "../../agent/problems";
import { timing } from "../../agent/timing";

const primary = (...streaming: string[]): Look => ({
  ...{ state: "primary", systemId: "7001", lsn: "0/6000000", timeline: 2 },
  standbys: streaming.map((name) => ({ name, flushed: "0/6000000" })),
});

/** An agent that leads ash, birch and cedar, unless it says otherwise. */
interface Known {
  problem: string | null;
  primary: { ip: string; term: number } | null;
  without: number;
  leads: boolean;
  look: Look;
  forced: boolean;
  full: boolean;
  members: string[];
  /** The other nodes with data. */
  peers: string[];
}

function of(known: Partial<Known>): string[] {
  const healthy = {
    problem: null,
    primary: { ip: "10.22.0.11", term: 4 },
    without: 0,
    leads: true,
    forced: false,
    full: false,
  };
  const whole = { members: ["ash", "birch", "cedar"], peers: ["birch", "cedar"] };
  const all: Known = { ...healthy, ...whole, look: primary("birch", "cedar"), ...known };
  return problems({
    ...{ problem: all.problem, primary: all.primary, look: all.look },
    ...{ condition: { full: all.full }, clients: { without: all.without } },
    ...{ parts: { timing }, voter: { durable: { forced: all.forced } } },
    peers: all.peers.map((name) => ({ name, data: true })),
    leadership: all.leads ? { ready: true, membership: { names: all.members } } : null,
  } as unknown as Agent);
}

describe("the problems of a node", () => {
  it("are none while all is well", () => expect(of({})).to.deep.equal([]));

  it("are why nothing can be done with its data", () =>
    expect(of({ leads: false, problem: "the data here is foreign" })).to.deep.equal(["the data here is foreign"]));

  const gone = { leads: false, primary: null };
  it("are not a failover under way", () => expect(of({ ...gone, without: timing.reads })).to.deep.equal([]));

  it("are that nobody leads, for long", () =>
    expect(of({ ...gone, without: timing.reads + 1 }).join()).to.match(/^no primary is known/));

  it("are writes that wait, of three members with nobody to confirm them", () =>
    expect(of({ look: primary() }).join()).to.match(/^writes wait/));

  it("are not one standby of two that is missing", () => expect(of({ look: primary("cedar") })).to.deep.equal([]));

  it("are a last node that goes on alone, but not one that is all there is", () => {
    const alone = { members: ["ash"], look: primary() };
    expect(of(alone).join()).to.match(/^it goes on without a standby/);
    expect(of({ ...alone, peers: [] })).to.deep.equal([]);
  });

  it("are a full disk", () => expect(of({ full: true }).join()).to.match(/^the disk is full/));

  it("are an office that an operator gave", () =>
    expect(of({ forced: true }).join()).to.match(/^it was made the primary by force/));
});
