import { expect } from "chai";
import type { Look } from "../../agent/postgres/database";
import { timing } from "../../agent/timing";
import { leaderVerdict, type Conduct } from "../../agent/verdict";
import { standby } from "./support/fakes";

const primary: Look = { state: "primary", systemId: "7001", lsn: "0/3000000", timeline: 1, standbys: [] };
const well: Conduct = { look: primary, ready: true, holds: true, full: false, unsound: 0, unwritten: 0 };
const every: Look[] = [
  ...(["blank", "down", "starting", "hung"] as const).map((state) => ({ state })),
  standby(),
  primary,
];

describe("a leader", () => {
  const table: [string, Partial<Conduct>, string | null][] = [
    ["goes on when all is well", {}, null],
    ["ends with its PostgreSQL", { look: { state: "down" } }, "PostgreSQL has ended"],
    ["ends without data", { look: { state: "blank" } }, "PostgreSQL has ended"],
    ["ends when its PostgreSQL is a standby", { look: standby() }, "PostgreSQL was restarted by somebody else"],
    ["waits for a crash to be recovered", { look: { state: "starting" }, unsound: timing.crashRestart }, null],
    [
      "does not wait for it for ever",
      { look: { state: "starting" }, unsound: timing.crashRestart + 1 },
      "PostgreSQL does not come back from its crash",
    ],
    ["waits for an answer", { look: { state: "hung" }, unsound: timing.hung }, null],
    [
      "does not wait for it for ever",
      { look: { state: "hung" }, unsound: timing.hung + 1 },
      "PostgreSQL does not answer",
    ],
    ["waits for a disk", { unwritten: timing.hung }, null],
    ["does not wait for it for ever", { unwritten: timing.hung + 1 }, "the disk takes no writes"],
    ["leaves a full disk to one that has room", { full: true }, "the disk is full"],
    ["that only comes into office waits for its PostgreSQL", { ready: false, look: standby(), unsound: 60_000 }, null],
    [
      "that only comes into office does not wait for ever",
      { ready: false, look: standby(), unwritten: timing.stuck + 1 },
      "it does not become the primary",
    ],
  ];
  for (const [what, conduct, verdict] of table)
    it(`${what}: ${verdict ?? "well"}`, () => {
      expect(leaderVerdict({ ...well, ...conduct }, timing)?.why ?? null).to.equal(verdict);
    });

  it("ends without a majority, whatever its PostgreSQL does, ready or not", () => {
    for (const look of every)
      for (const ready of [true, false])
        expect(leaderVerdict({ ...well, look, ready, holds: false, full: true }, timing)).to.deep.equal({
          why: "no majority confirms it",
          how: "immediate",
        });
  });

  it("takes its time only for a full disk", () => {
    expect(leaderVerdict({ ...well, full: true }, timing)?.how).to.equal("fast");
    expect(leaderVerdict({ ...well, full: true, unwritten: 60_000 }, timing)?.how).to.equal("immediate");
  });
});
