import { expect } from "chai";
import { Course } from "../../../drills/load/course";
import { Failure } from "../../../drills/load/exchange";
import { parseLines } from "../../../drills/load/report";
import { Tally } from "../../../drills/load/tally";

describe("a load's tally", () => {
  let course: Course;
  let tally: Tally;
  const good = (ms: number) => new Promise<object>((resolve) => setTimeout(resolve, ms, {}));
  const bad = (message: string) => () => Promise.reject(new Failure(message, { node: "birch" }));

  beforeEach(() => {
    course = new Course(1);
    tally = new Tally("spring", course);
  });

  it("adds up kinds, errors and requests", async () => {
    expect(await tally.count("new", "GET /", () => good(0))).to.equal(true);
    expect(await tally.count("h2", "GET /", bad("status 502"))).to.equal(false);
    await tally.count("h2", "POST /notes", bad("status 502"));
    tally.note("h2", "repeated");
    const { kinds, total, asked, examples, run } = tally.summary();
    expect(run).to.equal("spring");
    expect(kinds.new).to.deep.include({ requests: 1, ok: 1, failed: 0, errors: {} });
    expect(kinds.h2).to.deep.include({ requests: 2, ok: 0, failed: 2, repeated: 1, errors: { "status 502": 2 } });
    expect(kinds.h2).to.not.have.property("latency");
    expect(total).to.deep.include({ requests: 3, ok: 1, failed: 2, repeated: 1, errors: { "status 502": 2 } });
    expect(asked["GET /"]).to.deep.equal({ requests: 2, ok: 1, failed: 1 });
    expect(asked["POST /notes"]).to.deep.equal({ requests: 1, ok: 0, failed: 1 });
    expect(examples.map(({ kind, what, node }) => [kind, what, node])).to.deep.equal([
      ["h2", "GET /", "birch"],
      ["h2", "POST /notes", "birch"],
    ]);
  });

  it("has percentiles of good answers only, of each kind and of all", async () => {
    const waits = [...Array<number>(9).fill(1), 1_000];
    await Promise.all(waits.map((ms) => tally.count("keepalive", "GET /", () => good(ms))));
    await tally.count("new", "GET /", async () => {
      await good(2_000);
      throw new Failure("late");
    });
    const { kinds, total } = tally.summary();
    const { p50, p99, max } = kinds.keepalive!.latency!;
    expect(p50).to.be.lessThan(900);
    expect(p99).to.be.within(999, 1_999).and.closeTo(max, 1);
    expect(total.latency).to.deep.equal(kinds.keepalive!.latency);
  });

  it("tells of each second what ended in it", async () => {
    await tally.count("ws", "message", () => good(0));
    const first = tally.second();
    expect(first.kinds.ws).to.include({ requests: 1, ok: 1, failed: 0 }).and.include.keys("p50", "p99", "max");
    await tally.count("ws", "message", bad("closed with 1006"));
    expect(tally.second().kinds).to.deep.equal({ ws: { requests: 1, ok: 0, failed: 1 } });
    expect(tally.second().kinds).to.deep.equal({ ws: { requests: 0, ok: 0, failed: 0 } });
  });

  it("keeps the first twenty failures of a kind and counts all", async () => {
    for (let at = 0; at < 25; at++) await tally.count("new", `GET /${at}`, bad("ECONNRESET"));
    const { kinds, examples } = tally.summary();
    expect(kinds.new!.failed).to.equal(25);
    expect(examples.map(({ what }) => what)).to.deep.equal(Array.from({ length: 20 }, (_, at) => `GET /${at}`));
  });

  it("counts errors by their codes, whatever address they name", async () => {
    const refused = (port: number) =>
      Object.assign(new Error(`connect ECONNREFUSED 192.0.2.1:${port}`), { code: "ECONNREFUSED", syscall: "connect" });
    for (const port of [1, 2]) await tally.count("new", "GET /", () => Promise.reject(refused(port)));
    expect(tally.summary().total.errors).to.deep.equal({ "connect ECONNREFUSED": 2 });
  });
});

describe("a load's file", () => {
  it("can be read while it is written", () => {
    const line = '{"what":"second","at":1,"kinds":{}}';
    expect(parseLines(`${line}\n${line.slice(0, 9)}`)).to.deep.equal([{ what: "second", at: 1, kinds: {} }]);
    expect(parseLines("")).to.deep.equal([]);
  });
});
