import { expect } from "chai";
import type { DrillEvent } from "../../drills/events";
import {
  account,
  claims,
  dual,
  dualClaimSeconds,
  gapOf,
  overlapSeconds,
  takingWrites,
  worstGap,
  writesOf,
  type Write,
} from "../../drills/history";

/** Acknowledged writes of one client, one every 50 ms, each taking 10 ms. */
const steady = (client: string, from: number, to: number): Write[] =>
  Array.from({ length: Math.floor((to - from) / 50) }, (_, at) => ({
    client,
    id: from + at,
    attempt: from + at * 50,
    end: from + at * 50 + 10,
    outcome: "acknowledged",
  }));

const one = (client: string, id: number, outcome: Write["outcome"], attempt = 0, end = attempt + 10): Write => ({
  client,
  id,
  attempt,
  end,
  outcome,
});

describe("a drill's history", () => {
  describe("its writes", () => {
    it("are attempts with their outcomes; one without an outcome is unknown", () => {
      const events: DrillEvent[] = [
        { at: 1, client: "ash/direct", id: 1, what: "attempt" },
        { at: 2, client: "birch/direct", id: 1, what: "attempt" },
        { at: 3, client: "ash/direct", id: 1, what: "acknowledged" },
        { at: 4, client: "birch/direct", id: 1, what: "failed", error: "read-only" },
        { at: 5, client: "birch/direct", id: 2, what: "attempt" },
      ];
      expect(writesOf(events)).to.deep.equal([
        { client: "ash/direct", id: 1, attempt: 1, end: 3, outcome: "acknowledged" },
        { client: "birch/direct", id: 1, attempt: 2, end: 4, outcome: "failed", error: "read-only" },
        { client: "birch/direct", id: 2, attempt: 5, outcome: "unknown" },
      ]);
    });

    it("refuse an outcome of a write that nobody attempted", () => {
      expect(() => writesOf([{ at: 1, client: "ash/direct", id: 7, what: "acknowledged" }])).to.throw(
        "the history of ash/direct has an outcome of write 7, but no attempt",
      );
    });
  });

  describe("the account", () => {
    const writes = [
      one("ash/direct", 1, "acknowledged"),
      one("ash/direct", 2, "acknowledged"),
      one("ash/direct", 3, "unknown"),
      one("ash/direct", 4, "unknown"),
      one("ash/direct", 5, "failed"),
    ];
    const row = (id: number, client = "ash/direct") => ({ client, id });

    it("holds when every acknowledged write is there once", () => {
      expect(account(writes, [row(2), row(1)])).to.deep.equal({
        acknowledged: 2,
        lost: [],
        duplicated: [],
        unknown: [],
        contradicted: [],
      });
    });

    for (const [what, rows, wanted] of [
      ["a lost write", [row(1)], { lost: ["ash/direct:2"] }],
      ["a write that is there twice", [row(1), row(2), row(2)], { duplicated: ["ash/direct:2"] }],
      ["a write whose answer was lost", [row(1), row(2), row(4)], { unknown: ["ash/direct:4"] }],
      ["a write that was refused, and is there", [row(1), row(2), row(5)], { contradicted: ["ash/direct:5"] }],
      ["a write that nobody sent", [row(1), row(2), row(1, "oak/direct")], { contradicted: ["oak/direct:1"] }],
    ] as const) {
      it(`names ${what}`, () => {
        expect(account(writes, [...rows])).to.deep.include(wanted);
      });
    }
  });

  describe("the gap", () => {
    it("is from the last good write before the fault to the first one after it", () => {
      const writes = [...steady("ash/pooler", 0, 1000), ...steady("ash/pooler", 5000, 6000)];
      expect(gapOf(writes, { from: 1010, to: 6000 })).to.deep.equal({
        from: 960,
        to: 5010,
        seconds: 4.05,
        open: false,
      });
    });

    it("does not look at what came before the fault", () => {
      const writes = [...steady("ash/pooler", 0, 100), ...steady("ash/pooler", 9000, 9900)];
      expect(gapOf(writes, { from: 9500, to: 9860 }).seconds).to.equal(0.05);
    });

    it("is open when no write succeeds any more", () => {
      const gap = gapOf(steady("ash/pooler", 0, 1000), { from: 1000, to: 4960 });
      expect(gap).to.deep.equal({ from: 960, to: 4960, seconds: 4, open: true });
    });

    it("counts from the fault when nothing was written before it", () => {
      expect(gapOf([one("ash/pooler", 1, "acknowledged", 3000)], { from: 1000, to: 3010 }).seconds).to.equal(2.01);
    });

    it("takes no failed or unknown write for a good one", () => {
      const writes = [
        ...steady("ash/pooler", 0, 1000),
        one("ash/pooler", 90, "failed", 2000),
        one("ash/pooler", 91, "unknown", 3000),
        one("ash/pooler", 92, "acknowledged", 3990),
      ];
      expect(gapOf(writes, { from: 1000, to: 4000 }).seconds).to.equal(3.04);
    });

    it("of several clients is as short as that of the luckiest, or as long as that of the unluckiest", () => {
      const writes = [
        ...steady("ash/pooler", 0, 1000),
        ...steady("ash/pooler", 2000, 9000),
        ...steady("birch/pooler", 0, 1000),
        ...steady("birch/pooler", 4000, 9000),
      ];
      const fault = { from: 1000, to: 8000 };
      expect(gapOf(writes, fault).seconds).to.equal(1.05);
      expect(worstGap(writes, fault).seconds).to.equal(3.05);
    });
  });

  describe("two primaries", () => {
    it("are none when one takes over from the other", () => {
      const writes = [...steady("ash/direct", 0, 5000), ...steady("birch/direct", 8000, 9000)];
      expect(dual(writes)).to.deep.equal({ seconds: 0, writes: [] });
    });

    it("are seen for as long as both acknowledge", () => {
      const writes = [...steady("ash/direct", 0, 5000), ...steady("birch/direct", 3000, 9000)];
      expect(dual(writes).seconds).to.equal((4950 - 3010) / 1000);
    });

    it("are seen by a single write in the middle of the other's, even without any length of time", () => {
      const writes = [...steady("ash/direct", 0, 5000), one("birch/direct", 1, "acknowledged", 3000)];
      expect(dual(writes)).to.deep.equal({ seconds: 0, writes: ["birch/direct:1"] });
    });

    it("are not claimed for a time in which a node's writes failed, or in which nothing is known", () => {
      const writes = [
        ...steady("ash/direct", 0, 1000),
        one("ash/direct", 500, "unknown", 1000, 4000),
        ...steady("ash/direct", 9000, 9500),
        ...steady("birch/direct", 2000, 8000),
      ];
      expect(dual(writes)).to.deep.equal({ seconds: 0, writes: [] });
    });

    it("are not claimed for an acknowledgement that came late", () => {
      // The old primary may have written it long before the new one began.
      const late = one("ash/direct", 500, "acknowledged", 1000, 4000);
      expect(
        dual([...steady("ash/direct", 0, 1000), late, ...steady("birch/direct", 2000, 8000)]).writes,
      ).to.deep.equal([]);
    });
  });

  it("breaks a series of writes at a pause", () => {
    expect(takingWrites([...steady("ash/direct", 0, 1000), ...steady("ash/direct", 2500, 3000)])).to.deep.equal([
      { from: 10, to: 950 },
      { from: 2510, to: 2950 },
    ]);
  });

  it("adds up the time in which two or more overlap, once", () => {
    const span = (from: number, to: number) => ({ from, to });
    expect(overlapSeconds([[span(0, 1000)], [span(1000, 2000)]])).to.equal(0);
    expect(overlapSeconds([[span(0, 1000), span(3000, 4000)], [span(500, 3500)]])).to.equal(1);
    expect(overlapSeconds([[span(0, 1000)], [span(0, 1000)], [span(0, 1000)]])).to.equal(1);
  });

  describe("claims to be primary", () => {
    const claim = (node: string, at: number, primary?: boolean): DrillEvent => ({
      at: at + 2,
      client: `${node}/claim`,
      what: "claim",
      asked: at,
      ...(primary === undefined ? {} : { primary }),
    });

    it("last from the first such answer to the last such question", () => {
      const events = [
        claim("ash", 0, true),
        claim("ash", 100, true),
        claim("ash", 200, false),
        claim("ash", 300, true),
      ];
      expect(claims(events, "ash")).to.deep.equal([{ from: 2, to: 100 }]);
    });

    it("end with a silence", () => {
      const events = [claim("ash", 0, true), claim("ash", 100, true), claim("ash", 200), claim("ash", 900, true)];
      expect(claims(events, "ash")).to.deep.equal([{ from: 2, to: 100 }]);
    });

    it("of two nodes at once are added up", () => {
      const events = [0, 100, 200, 300].flatMap((at) => [claim("ash", at, true), claim("birch", at, at >= 100)]);
      expect(dualClaimSeconds(events)).to.be.closeTo(0.198, 1e-9);
    });
  });
});
