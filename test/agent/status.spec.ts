import { expect } from "chai";
import type { Agent } from "../../agent/agent";
import type { Durable } from "../../agent/durable";
import type { HealthReport } from "../../agent/health/health";
import type { Route } from "../../agent/pooler/pooler";
import type { Look } from "../../agent/postgres/database";
import { status } from "../../agent/status";
import { timing } from "../../agent/timing";
import { durable, standby } from "./support/fakes";
import { birch } from "./support/nodes";

const lineage = [
  { timeline: 1, begin: "0/0", term: 1 },
  { timeline: 2, begin: "0/5000000", term: 4 },
];
const members = ["ash", "birch"];
const primary: Look = {
  ...{ state: "primary", systemId: "7001", lsn: "0/6000000", timeline: 2 },
  standbys: [
    { name: "ash", flushed: "0/5FFFF00" },
    { name: "cedar", flushed: null },
    { name: "elm", flushed: "0/6000010" },
  ],
};

/** What birch's agent knows; a follower of ash unless it says otherwise. */
interface Known {
  look: Look;
  route: Route | null;
  leadership: { ready: boolean; holds: boolean } | null;
  kept: Partial<Durable>;
  hears: string | null;
  primaryIp: string | null;
  role: Agent["role"];
  problem: string | null;
}

const health: HealthReport = {
  ...{ in: true, why: "It serves.", drains: [], workers: { "3001": "well" }, database: true, redis: null },
};

const follower: Known = {
  look: standby({ streamsFrom: "ash", timeline: 2, lsn: "0/6000000" }),
  route: { to: "primary", ip: "127.0.0.1" },
  leadership: null,
  kept: {},
  hears: "ash",
  primaryIp: "127.0.0.1",
  role: "follower",
  problem: null,
};

function of(known: Partial<Known>) {
  const { look, route, leadership, kept, hears, primaryIp, role, problem } = { ...follower, ...known };
  const membership = { term: 4, change: 1, names: members };
  const agent = {
    self: birch,
    voter: { durable: durable({ term: 4, lineage, membership, ...kept }) },
    ...{ leadership: leadership && { ...leadership, membership }, look, role, problem },
    ...{ parts: { pooler: { route }, timing }, clients: { without: 0 }, condition: { full: false } },
    heard: hears === null ? null : { leader: hears },
    primary: primaryIp === null ? null : { ip: primaryIp, term: 4 },
  };
  return status(agent as unknown as Agent, { report: () => health });
}

describe("a node's status", () => {
  it("of a follower", () => {
    expect(of({})).to.deep.equal({
      node: "birch",
      data: true,
      term: 4,
      role: "follower",
      leader: "ash",
      leaderIp: "127.0.0.1",
      lease: false,
      forced: false,
      timeline: 2,
      members,
      postgres: {
        state: "standby",
        running: true,
        inRecovery: true,
        streaming: "ash",
        position: "0/6000000",
        dataTerm: 4,
        standbys: [],
      },
      pooler: { route: "primary", host: "127.0.0.1" },
      health,
      problems: [],
    });
  });

  const leading = { look: primary, role: "leader", hears: null, primaryIp: birch.ip } as const;
  const office = { ready: true, holds: true };

  it("of a leader has its standbys and how far behind they are, never less than nothing", () => {
    const { postgres, ...rest } = of({ ...leading, leadership: office });
    expect(rest).to.include({ role: "leader", leader: "birch", leaderIp: birch.ip, lease: true });
    expect(postgres).to.deep.include({ state: "primary", running: true, inRecovery: false, streaming: null });
    expect(postgres.standbys).to.deep.equal([
      { name: "ash", lagBytes: 256 },
      { name: "cedar", lagBytes: null },
      { name: "elm", lagBytes: 0 },
    ]);
  });

  it("of a leader whom no majority confirms has no lease", () => {
    expect(of({ ...leading, leadership: { ...office, holds: false } }).lease).to.equal(false);
  });

  it("of a leader that is not ready yet takes nobody for the leader", () => {
    const { role, leader } = of({ ...leading, leadership: { ...office, ready: false } });
    expect({ role, leader }).to.deep.equal({ role: "leader", leader: null });
  });

  it("says when a leader was made by force", () => {
    expect(of({ ...leading, leadership: office, kept: { forced: true } }).forced).to.equal(true);
  });

  it("has the problems", () => {
    expect(of({ problem: "the data here is foreign" }).problems).to.deep.equal(["the data here is foreign"]);
  });

  /** PostgreSQL's state, whether it runs. */
  const silent: [Exclude<Look["state"], "primary" | "standby">, boolean][] = [
    ["blank", false],
    ["down", false],
    ["starting", true],
    ["hung", true],
  ];
  for (const [state, running] of silent)
    it(`knows no more than that PostgreSQL is ${state}`, () => {
      const { postgres, timeline } = of({ look: { state } });
      expect(timeline).to.equal(null);
      expect(postgres).to.deep.equal({
        ...{ state, running, inRecovery: false, streaming: null, position: null, dataTerm: null, standbys: [] },
      });
    });

  it("has the term of data that nobody knows as 0", () => {
    expect(of({ kept: { lineage: [] } }).postgres.dataTerm).to.equal(0);
  });

  const routes: [Route | null, { route: string; host: string | null }][] = [
    [
      { to: "primary", ip: "10.22.0.11" },
      { route: "primary", host: "10.22.0.11" },
    ],
    [
      { to: "reads", ip: "10.22.0.12" },
      { route: "reads", host: "10.22.0.12" },
    ],
    [{ to: "nobody" }, { route: "paused", host: null }],
    [null, { route: "paused", host: null }],
  ];
  for (const [route, pooler] of routes)
    it(`says that clients go ${pooler.host ? `to ${pooler.host}, ${pooler.route}` : "nowhere"}: ${JSON.stringify(route)}`, () =>
      expect(of({ route }).pooler).to.deep.equal(pooler));
});
