import { expect } from "chai";
import { failoverTable } from "../../bench/failoverFigures";
import type { FailoverRecord } from "../../bench/failoverRecords";

const record = (more: Partial<FailoverRecord>): FailoverRecord => ({
  build: "one",
  subject: "Trivet",
  drill: "power cut on the primary",
  at: "2026-11-21T12:00:00.000Z",
  gapSeconds: 9,
  anyGapSeconds: 8,
  directGapSeconds: 8,
  redisGapSeconds: 6,
  failedStatements: 0,
  errors: {},
  acknowledged: 1000,
  lost: 0,
  unknown: 1,
  dualSeconds: 0,
  dualWrites: 0,
  dualClaimSeconds: 0,
  redisAcknowledged: 900,
  redisLost: 0,
  redisDualWrites: 0,
  wholeSeconds: 20,
  broken: [],
  ...more,
});

describe("the failover benchmark", () => {
  it("shows each drill's gaps, and what must be nothing, added up", () => {
    const rows = failoverTable([
      record({ gapSeconds: 9 }),
      record({ gapSeconds: 12, lost: 2, dualSeconds: 0.5, wholeSeconds: 31 }),
      record({ subject: "Patroni, defaults", gapSeconds: 27 }),
    ]).split("\n");
    expect(rows.slice(2)).to.deep.equal([
      "| Trivet | power cut on the primary | 2 | 9.0 s | 12.0 s | 12.0 s | 2 of 2000 | 0.5 s | 31.0 s |",
      "| Patroni, defaults | power cut on the primary | 1 | 27.0 s | 27.0 s | 27.0 s | 0 of 1000 | 0.0 s | 20.0 s |",
    ]);
  });

  it("shows redis' own gap where its master is broken", () => {
    expect(failoverTable([record({ drill: "power cut on the redis master" })])).to.include("| 6.0 s | 6.0 s | 6.0 s |");
  });
});
