import { expect } from "chai";
import type { DrillEvent } from "../../drills/events";
import { judge, type Observation } from "../../drills/judge";

/** A client's writes, one every 50 ms. */
function clientEvents(client: string, from: number, to: number, outcome: "acknowledged" | "failed" = "acknowledged") {
  const events: DrillEvent[] = [];
  for (let at = from; at < to; at += 50) {
    events.push({ at, client, id: at, what: "attempt" });
    events.push(
      outcome === "failed"
        ? { at: at + 5, client, id: at, what: "failed", error: "no" }
        : { at: at + 5, client, id: at, what: "acknowledged" },
    );
  }
  return events;
}

const rowsOf = (events: DrillEvent[], kind: string) =>
  events.flatMap((event) =>
    event.what === "acknowledged" && event.client.endsWith(kind) ? [{ client: event.client, id: event.id }] : [],
  );

const seen = (events: DrillEvent[], more: Partial<Observation> = {}): Observation => ({
  events,
  rows: [...rowsOf(events, "/pooler"), ...rowsOf(events, "/direct")],
  redisRows: rowsOf(events, "/redis"),
  measured: "pooler",
  nodes: ["ash", "birch"],
  stranded: [],
  fault: { from: 5000, to: 20000 },
  wholeSeconds: 10,
  ...more,
});

const promised = { wholeSeconds: 60, gapSeconds: 8 };

describe("a drill's verdict", () => {
  const fine = [
    ...clientEvents("ash/pooler", 0, 5000),
    ...clientEvents("ash/pooler", 9000, 20000),
    ...clientEvents("birch/pooler", 0, 5000),
    ...clientEvents("birch/pooler", 10000, 20000),
    ...clientEvents("ash/direct", 0, 5000),
    ...clientEvents("birch/direct", 8000, 20000),
  ];

  it("is good when all promises hold, and has the figures", () => {
    const verdict = judge(seen(fine), promised);
    expect(verdict.broken).to.deep.equal([]);
    expect(verdict.gapSeconds).to.equal(5.05);
    expect(verdict.anyGapSeconds).to.equal(4.05);
    expect(verdict.directGapSeconds).to.equal(3.05);
    expect(verdict.account.acknowledged).to.equal(320 + 300 + 100 + 240);
  });

  it("does not count the clients of stranded nodes", () => {
    const verdict = judge(seen(fine, { stranded: ["birch"] }), promised);
    expect(verdict.gapSeconds).to.equal(4.05);
  });

  it("of a peer without a pooler takes the clients as one that looks for the primary", () => {
    const verdict = judge(seen(fine, { measured: "direct" }), promised);
    expect(verdict.gapSeconds).to.equal(3.05);
  });

  for (const [what, events, more, sentence] of [
    [
      "a lost write",
      fine,
      { rows: rowsOf(fine, "/pooler").concat(rowsOf(fine, "/direct")).slice(1) },
      /^1 acknowledged writes are lost: ash\/pooler:0$/,
    ],
    [
      "a write that is there twice",
      fine,
      { rows: [...rowsOf(fine, "/pooler"), ...rowsOf(fine, "/direct"), { client: "ash/pooler", id: 0 }] },
      /^1 writes are there twice/,
    ],
    ["a long gap", fine, { fault: { from: 5000, to: 30000 } }, /^the write gap: 10\.0 s; promised are at most 8 s$/],
    ["a slow return", fine, { wholeSeconds: 61 }, /^until everything was whole again: 61\.0 s/],
    [
      "two primaries",
      [...fine, ...clientEvents("ash/direct", 12000, 14000)],
      {},
      /^\d+ writes were acknowledged while another node/,
    ],
    [
      "two redis masters",
      [...fine, ...clientEvents("ash/redis", 0, 5000), ...clientEvents("birch/redis", 3000, 9000)],
      {},
      /^\d+ writes to redis were acknowledged while/,
    ],
  ] as const) {
    it(`names ${what}`, () => {
      expect(judge(seen([...events], more as Partial<Observation>), promised).broken[0]).to.match(sentence);
    });
  }

  it("promises nothing about the gap where nothing is promised", () => {
    const verdict = judge(seen(fine, { fault: { from: 5000, to: 90000 } }), { wholeSeconds: 60 });
    expect(verdict.broken).to.deep.equal([]);
    expect(verdict.gapSeconds).to.be.above(70);
  });

  it("counts failed statements, where none should fail, from the fault on", () => {
    const events = [...fine, ...clientEvents("birch/pooler", 25000, 25200, "failed")];
    const verdict = judge(seen(events), { ...promised, failedStatements: 0 });
    expect(verdict.broken).to.include("4 statements failed; none should");
    expect(verdict.errors).to.deep.equal({ no: 4 });
    const early = [...fine, ...clientEvents("birch/pooler", -300, -100, "failed")];
    expect(judge(seen(early), { ...promised, failedStatements: 0 }).broken).to.deep.equal([]);
  });

  it("tells what redis lost and does not hold it against anyone", () => {
    const events = [...fine, ...clientEvents("ash/redis", 0, 5000), ...clientEvents("birch/redis", 9000, 20000)];
    const verdict = judge(seen(events, { redisRows: rowsOf(events, "/redis").slice(3) }), promised);
    expect(verdict).to.include({ redisLost: 3, redisAcknowledged: 320 });
    expect(verdict.broken).to.deep.equal([]);
    expect(judge(seen(events), { ...promised, redisGapSeconds: 3 }).broken).to.deep.equal([
      "redis' write gap: 4.0 s; promised are at most 3 s",
    ]);
  });

  it("lets redis overlap where that is said, and nowhere else", () => {
    const events = [
      ...fine,
      ...clientEvents("ash/redis", 0, 5000),
      ...clientEvents("birch/redis", 9000, 19000),
      ...clientEvents("ash/redis", 15000, 15050),
    ];
    expect(judge(seen(events), promised).broken).to.have.lengthOf(1);
    expect(judge(seen(events), { ...promised, redisOverlaps: true }).broken).to.deep.equal([]);
  });

  it("says nothing about rows that could not be read", () => {
    const unread = seen(fine);
    delete unread.rows;
    delete unread.redisRows;
    expect(judge(unread, promised).broken).to.deep.equal([]);
  });
});
