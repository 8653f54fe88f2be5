import { expect } from "chai";
import { loadTable, ratios, type LoadRecord } from "../../bench/loadFigures";
import { counted } from "./support/counts";

const run = (way: LoadRecord["way"], perSecond: number, more: Partial<LoadRecord["total"]> = {}): LoadRecord => ({
  build: "one",
  name: "300 users",
  way,
  at: "2026-11-21T12:00:00.000Z",
  seconds: 60,
  perSecond,
  nodes: {},
  total: counted({ requests: 1000, ok: 1000, latency: { p50: 5, p99: 50, max: 60 }, ...more }),
});

describe("the load benchmark", () => {
  const runs = [
    run("Trivet", 280),
    run("one bare worker", 300, { latency: { p50: 2, p99: 9, max: 10 } }),
    run("Trivet", 300, { failed: 3, latency: { p50: 6, p99: 70, max: 80 } }),
    run("Trivet", 320),
  ];

  it("shows each load one way and the other, over all runs", () => {
    expect(loadTable(runs).split("\n").slice(2)).to.deep.equal([
      "| 300 users | Trivet | 3 | 3000 | 3 | 300 | 5.0 ms | 50.0 ms | 70.0 ms |",
      "| 300 users | one bare worker | 1 | 1000 | 0 | 300 | 2.0 ms | 9.0 ms | 9.0 ms |",
    ]);
  });

  it("compares what goes through with the bare worker, where both were measured", () => {
    expect(ratios([...runs, { ...run("Trivet", 900), name: "50 connections" }])).to.equal(
      "300 users: 1.00 times the requests a second of one bare worker.",
    );
    expect(ratios([run("Trivet", 500), run("one bare worker", 1000)])).to.include("0.50 times");
    expect(ratios([])).to.equal("");
  });
});
