import { expect } from "chai";
import {
  comparePositions,
  kinship,
  lineageOf,
  newestTimeline,
  positionAt,
  type Lineage,
  type Position,
} from "../../../agent/election/lineage";

/** Begun by the leader of term 1; then those of terms 4 and 6. */
const lineage: Lineage = [
  { timeline: 1, begin: "0/0", term: 1 },
  { timeline: 2, begin: "0/5000000", term: 4 },
  { timeline: 3, begin: "0/9000000", term: 6 },
];
const at = (term: number, timeline: number, lsn: string): Position => ({ term, timeline, lsn });

describe("how far data reaches", () => {
  it("goes by the term of its last record, then by its length", () => {
    const inOrder = [
      at(0, 9, "F/0"),
      at(1, 1, "0/0"),
      at(1, 1, "0/FF"),
      at(1, 1, "0/100"),
      at(4, 2, "0/1"),
      at(4, 2, "1/0"),
      at(6, 2, "0/0"),
    ];
    inOrder.forEach((a, i) =>
      inOrder.forEach((b, j) =>
        expect(Math.sign(comparePositions(a, b)), `${JSON.stringify(a)}, ${JSON.stringify(b)}`).to.equal(
          Math.sign(i - j),
        ),
      ),
    );
  });

  it("takes no notice of the timeline's number: two leaders may give the same one", () => {
    expect(comparePositions(at(4, 2, "0/7"), at(4, 3, "0/7"))).to.equal(0);
    expect(comparePositions(at(4, 3, "0/9"), at(6, 2, "0/7"))).to.be.below(0);
  });

  /** Where the data ends, the newest timeline of its log files, its position. */
  const positions: [string, number, Position][] = [
    ["0/3000000", 1, at(1, 1, "0/3000000")],
    ["0/5000000", 1, at(1, 1, "0/5000000")],
    ["0/6000000", 1, at(1, 1, "0/6000000")],
    ["0/5000001", 2, at(4, 2, "0/5000001")],
    ["0/9000001", 3, at(6, 3, "0/9000001")],
    // It has files of a timeline whose beginning it has not reached, or only just reached.
    ["0/4000000", 2, at(1, 1, "0/4000000")],
    ["0/5000000", 2, at(1, 1, "0/5000000")],
    ["0/9000000", 3, at(4, 2, "0/9000000")],
    ["0/4000000", 3, at(1, 1, "0/4000000")],
    // Nobody's.
    ["0/9000000", 4, at(0, 4, "0/9000000")],
    ["0/0", 1, at(0, 1, "0/0")],
  ];
  for (const [lsn, timeline, position] of positions)
    it(`is ${position.term}, ${position.timeline} at ${lsn} with files of timeline ${timeline}`, () => {
      expect(positionAt(lsn, timeline, lineage)).to.deep.equal(position);
    });

  it("is from nobody's term when nothing is known of the data", () => {
    expect(positionAt("0/3000000", 1, [])).to.deep.equal(at(0, 1, "0/3000000"));
  });
});

describe("how data stands to the leader's history", () => {
  const cases: [string, Position, ReturnType<typeof kinship>][] = [
    ["on the leader's timeline", at(6, 3, "0/9500000"), "ancestor"],
    // As far as its leader's history tells: what it has beyond the leader's own end shows when it streams.
    ["on the leader's timeline, however far", at(6, 3, "F/0"), "ancestor"],
    ["on an earlier timeline, before its end", at(4, 2, "0/8000000"), "ancestor"],
    ["on an earlier timeline, exactly at its end", at(4, 2, "0/9000000"), "ancestor"],
    ["on an earlier timeline, one byte beyond its end", at(4, 2, "0/9000001"), "diverged"],
    ["on the first timeline, before its end", at(1, 1, "0/4FFFFFF"), "ancestor"],
    ["on the first timeline, beyond its end", at(1, 1, "0/9000000"), "diverged"],
    ["on a timeline that the leader never had", at(5, 4, "0/8000000"), "diverged"],
    ["on nobody's timeline", at(0, 7, "0/1"), "diverged"],
    ["on another leader's timeline of the same number", at(5, 3, "0/9100000"), "conflicting"],
    ["on another leader's earlier timeline of the same number", at(3, 2, "0/5000001"), "conflicting"],
  ];
  for (const [what, own, expected] of cases)
    it(`${what}: ${expected}`, () => expect(kinship(own, lineage, [])).to.equal(expected));

  it("is none to a leader without a history", () => {
    expect(kinship(at(1, 1, "0/3000000"), [], [])).to.equal("diverged");
  });

  it("is a conflict when an earlier timeline has the number and the beginning of another leader's", () => {
    const own = [lineage[0]!, { ...lineage[1]!, term: 3 }, { timeline: 4, begin: "0/8000000", term: 5 }];
    expect(kinship(at(5, 4, "0/8500000"), lineage, own)).to.equal("conflicting");
    expect(kinship(at(5, 4, "0/8500000"), lineage, [lineage[0]!, lineage[1]!, own[2]!])).to.equal("diverged");
  });
});

describe("the lineage by PostgreSQL's history file", () => {
  const history = "1\t0/5000000\tno recovery target specified\n\n2\t0/9000000\tno recovery target specified\n";

  it("is the first timeline alone without one", () => {
    expect(lineageOf(1, "", [], 1)).to.deep.equal([{ timeline: 1, begin: "0/0", term: 1 }]);
  });

  it("keeps what is known, and gives the rest to this node's own term", () => {
    expect(lineageOf(3, history, lineage.slice(0, 2), 6)).to.deep.equal(lineage);
    expect(lineageOf(3, history, lineage, 9)).to.deep.equal(lineage);
  });

  it("does not take another leader's timeline for its own because of its number", () => {
    const others: Lineage = [lineage[0]!, { timeline: 2, begin: "0/4000000", term: 3 }];
    expect(lineageOf(2, "1\t0/5000000\tx\n", others, 4)).to.deep.equal(lineage.slice(0, 2));
  });

  it("skips numbers that nobody took, and lines that are none", () => {
    const text = "# comment\n1\t0/5000000\tx\n\nrubbish\n4\t1/0\tbefore 2026-01-01 00:00:00+00\n";
    expect(lineageOf(7, text, [], 8)).to.deep.equal([
      { timeline: 1, begin: "0/0", term: 8 },
      { timeline: 4, begin: "0/5000000", term: 8 },
      { timeline: 7, begin: "1/0", term: 8 },
    ]);
  });
});

describe("the newest timeline of the log files", () => {
  const MiB = 1024 * 1024;
  const file = (timeline: number, number: number) =>
    [timeline, number >>> 8, number & 0xff].map((part) => part.toString(16).toUpperCase().padStart(8, "0")).join("");

  const cases: [string, string[], string, number][] = [
    ["of one timeline", [file(1, 1), file(1, 2)], "0/2500000", 1],
    ["of two", [file(1, 1), file(1, 2), file(2, 2)], "0/2500000", 2],
    ["not of a file that is only made ahead", [file(1, 2), file(2, 3)], "0/2500000", 1],
    ["of the file that holds the record before, at a file's end", [file(1, 2), file(2, 3)], "0/3000000", 1],
    ["of the next file from its first byte on", [file(1, 2), file(2, 3)], "0/3000001", 2],
    ["of no other names", ["00000009.history", `${file(9, 1)}.partial`, "archive_status", file(1, 1)], "0/1800000", 1],
    ["beyond 4 GiB, where the names' second number goes on", [file(1, 0xff), file(2, 0x100)], "1/0", 1],
    ["beyond 4 GiB, in the first file there", [file(1, 0xff), file(2, 0x100)], "1/28", 2],
    ["with a number of two digits", [file(9, 1), file(0x1a, 1)], "0/1000028", 26],
    ["without a file", [], "0/1000028", 0],
  ];
  for (const [what, files, lsn, expected] of cases)
    it(what, () => expect(newestTimeline(files, lsn, 16 * MiB)).to.equal(expected));

  it("where the files are smaller, and more of them make 4 GiB", () => {
    const newest = (files: string[], lsn: string) => newestTimeline(files, lsn, 4 * MiB);
    const name = (timeline: string, upper: string, lower: string) =>
      [timeline, upper, lower].map((part) => part.padStart(8, "0")).join("");
    const files = [name("1", "0", "8"), name("2", "0", "9")];
    expect(newest(files, "0/2400000")).to.equal(1);
    expect(newest(files, "0/2400001")).to.equal(2);
    const beyond = [name("1", "0", "3FF"), name("2", "1", "0")];
    expect(newest(beyond, "1/0")).to.equal(1);
    expect(newest(beyond, "1/28")).to.equal(2);
  });
});
