import { expect } from "chai";
import { nextStep, type Situation, type Step } from "../../agent/nextStep";
import type { Look } from "../../agent/postgres/database";
import { timing } from "../../agent/timing";
import { standby } from "./support/fakes";

const lineage = [
  { timeline: 1, begin: "0/0", term: 1 },
  { timeline: 2, begin: "0/5000000", term: 4 },
];
const leader = { name: "ash", systemId: "7001", lineage };
const streams = standby({ streamsFrom: "ash", timeline: 2, lsn: "0/6000000" });

/** Birch follows ash, and all is well. */
const well: Situation = {
  look: streams,
  position: { term: 4, timeline: 2, lsn: "0/6000000" },
  lineage,
  leader,
  systemId: "7001",
  unproven: false,
  broken: false,
  follows: "ash",
  since: 0,
  rewinds: 0,
  starts: 0,
};
const silent = standby({ timeline: 2, lsn: "0/6000000" });
const down: Look = { state: "down" };
const beyond = { term: 1, timeline: 1, lsn: "0/5000001" };
const long = 2 * timing.stuck;

const does = (situation: Partial<Situation>) => nextStep({ ...well, ...situation }, timing);

describe("the next step of a node that does not lead", () => {
  /** The situation in words, what is different from when all is well, what is done. */
  const table: [string, Partial<Situation>, Step["do"]][] = [
    ["a standby streams from its leader", {}, "nothing"],
    ["a standby streams, for however long", { since: 10 * long }, "nothing"],
    ["a standby has no leader", { leader: null, look: silent }, "nothing"],
    ["a standby has no leader for long", { leader: null, look: silent, since: 10 * long }, "nothing"],
    ["a standby of other data has no leader", { leader: null, look: standby({ systemId: "9009" }) }, "nothing"],
    ["a primary has no office", { look: primary() }, "stop"],
    ["a primary has neither office nor leader", { look: primary(), leader: null }, "stop"],
    ["a primary has no office, and data that nobody knows", { look: primary(), unproven: true }, "stop"],
    ["PostgreSQL does not answer", { look: { state: "hung" }, since: timing.hung }, "nothing"],
    ["PostgreSQL does not answer for long", { look: { state: "hung" }, since: timing.hung + 1 }, "stop"],
    ["PostgreSQL starts", { look: { state: "starting" }, since: 10 * long }, "nothing"],
    ["there is no data and a leader", { look: { state: "blank" } }, "clone"],
    ["there is no data and no leader", { look: { state: "blank" }, leader: null }, "nothing"],
    ["PostgreSQL is down", { look: down }, "start"],
    ["PostgreSQL is down without a leader", { look: down, leader: null }, "start"],
    ["PostgreSQL is down after two starts in vain", { look: down, starts: 2 }, "start"],
    ["PostgreSQL is down after three starts in vain", { look: down, starts: 3, since: timing.stuck }, "refuse"],
    ["PostgreSQL is down after three starts in vain, for long", { look: down, starts: 3, since: timing.stuck + 1 }, "start"], // prettier-ignore
    ["PostgreSQL is down after six starts in vain", { look: down, starts: 6 }, "clone"],
    ["PostgreSQL is down after six starts in vain, with nobody to clone", { look: down, starts: 6, leader: null }, "refuse"], // prettier-ignore
    ["replacing the data broke off", { look: down, broken: true }, "clone"],
    ["replacing the data broke off, with nobody to clone", { look: down, broken: true, leader: null }, "nothing"],
    ["there is data that nobody knows, down", { look: down, unproven: true }, "refuse"],
    ["there is data that nobody knows, down, for long", { look: down, unproven: true, since: 10 * long }, "refuse"],
    ["there is data that nobody knows", { look: silent, unproven: true }, "refuse"],
    ["there is another cluster's data", { look: standby({ systemId: "9009" }) }, "refuse"],
    ["there is another cluster's data that streams", { look: { ...streams, systemId: "9009" } }, "refuse"],

    ["a part of the history follows nobody", { look: silent, follows: null }, "follow"],
    ["a part of the history follows another", { look: silent, follows: "cedar" }, "follow"],
    ["a part of the history streams from another", { look: { ...streams, streamsFrom: "cedar" }, follows: "cedar" }, "follow"], // prettier-ignore
    ["it was just led elsewhere, and the stream has not ended yet", { look: streams, follows: "cedar" }, "follow"],
    ["it follows, and the stream has not begun yet", { look: silent, since: long }, "nothing"],
    ["it follows, and no stream begins for too long", { look: silent, since: long + 1 }, "clone"],
    ["an earlier part of the history follows nobody", { look: silent, follows: null, position: { ...beyond, lsn: "0/5000000" } }, "follow"], // prettier-ignore

    ["it has more than the history", { look: silent, position: beyond }, "rewind"],
    ["it has more than the history, and follows nobody", { look: silent, position: beyond, follows: null }, "rewind"],
    ["it has more than the history, after two rewinds", { look: silent, position: beyond, rewinds: 2 }, "rewind"],
    ["it has more than the history, after three rewinds", { look: silent, position: beyond, rewinds: 3 }, "clone"],
    ["its timeline is not in the history", { look: silent, position: { term: 0, timeline: 7, lsn: "0/1" } }, "rewind"],
    ["its timeline is another leader's", { look: silent, position: { term: 3, timeline: 2, lsn: "0/5000001" } }, "clone"], // prettier-ignore
    ["nobody knows who began its timeline", { look: silent, position: undefined }, "clone"],
    [
      "it was rewound, and the stream has not begun yet",
      { look: silent, position: undefined, broken: true },
      "nothing",
    ],
    ["it was rewound, and no stream begins", { look: silent, position: undefined, broken: true, since: long }, "clone"],
    ["it was rewound to a leader of the past", { look: silent, position: undefined, broken: true, follows: "cedar" }, "clone"], // prettier-ignore
    [
      "it was rewound, and waits for its leader's log",
      { look: { state: "starting" }, broken: true, since: long },
      "nothing",
    ],
    ["it was rewound, and waits for the log of a leader of the past", { look: { state: "starting" }, broken: true, follows: "cedar", since: long }, "clone"], // prettier-ignore
  ];
  for (const [what, situation, step] of table) it(`${what}: ${step}`, () => expect(does(situation).do).to.equal(step));

  it("takes from its leader", () => {
    for (const situation of [
      { look: { state: "blank" } as const },
      { look: silent, follows: null },
      { look: silent, position: beyond },
    ])
      expect(does(situation)).to.include({ from: "ash" });
  });

  it("never takes away data that is not known to be the cluster's", () => {
    const looks: Look[] = [down, silent, streams, standby({ systemId: "9009" })];
    for (const look of looks)
      for (const position of [undefined, beyond, well.position])
        for (const count of [0, 3])
          for (const since of [0, 10 * long]) {
            const step = does({ look, position, since, rewinds: count, starts: count, unproven: true });
            expect(step.do).to.equal("refuse");
          }
  });

  it("never takes anything away without a leader", () => {
    const looks: Look[] = [{ state: "blank" }, { state: "hung" }, { state: "starting" }, down, silent, primary()];
    for (const look of looks)
      for (const position of [undefined, beyond, well.position])
        for (const count of [0, 9])
          for (const since of [0, 10 * long]) {
            const step = does({ look, position, since, rewinds: count, starts: count, leader: null });
            expect(step.do).to.be.oneOf(["nothing", "start", "stop", "refuse"]);
          }
  });

  it("says why, and what an operator can do", () => {
    const whys = (step: Step) => ("why" in step ? step.why : "");
    expect(whys(does({ look: standby({ systemId: "9009" }) }))).to.equal(
      "the data here is not known to be this cluster's (system identifier 9009; the cluster's is 7001); " +
        "to replace it by a copy of the primary's: trivet reclone",
    );
    expect(whys(does({ look: down, unproven: true, leader: null }))).to.equal(
      "the data here is not known to be this cluster's; to replace it by a copy of the primary's: trivet reclone",
    );
    expect(whys(does({ look: down, starts: 3 }))).to.include("journalctl -u postgresql@17-main");
    expect(whys(does({ look: silent, position: beyond }))).to.equal("0/5000001 of timeline 1 is not in ash's history");
  });
});

function primary(): Look {
  return { state: "primary", systemId: "7001", lsn: "0/6000000", timeline: 2, standbys: [] };
}
