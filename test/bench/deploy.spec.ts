import { expect } from "chai";
import { deployTable, failures, type DeployRecord } from "../../bench/deployFigures";
import { counted } from "./support/counts";

const run = (more: Partial<DeployRecord>): DeployRecord => ({
  build: "one",
  at: "2026-11-21T12:00:00.000Z",
  seconds: 90,
  deploySeconds: 40,
  rollbackSeconds: 20,
  total: counted(),
  kinds: {},
  releases: { a: 50, b: 50 },
  examples: [],
  ...more,
});

describe("the deploy benchmark", () => {
  it("adds up each kind of traffic over all runs", () => {
    const rows = deployTable([
      run({
        kinds: {
          h2: counted({ requests: 60, repeated: 2, latency: { p50: 4, p99: 20, max: 30 } }),
          ws: counted({ requests: 40, reconnected: 6 }),
        },
        total: counted({ repeated: 2, reconnected: 6, latency: { p50: 4, p99: 20, max: 30 } }),
      }),
      run({
        kinds: {
          h2: counted({ requests: 50, failed: 1, stale: 3, unfinished: 1, latency: { p50: 6, p99: 90, max: 95 } }),
        },
        total: counted({ requests: 50, failed: 1, stale: 3, unfinished: 1 }),
      }),
    ]).split("\n");
    expect(rows.slice(2)).to.deep.equal([
      "| h2 | 110 | 1 | 2 | 0 | 3 | 1 | 4 ms | 90 ms | 95 ms |",
      "| ws | 40 | 0 | 0 | 6 | 0 | 0 |  |  |  |",
      "| all | 150 | 1 | 2 | 6 | 3 | 1 | 4 ms | 20 ms | 30 ms |",
    ]);
  });

  it("says what failed, how often, when and where", () => {
    const at = "2026-11-21T12:00:01.000Z";
    const said = failures({
      kinds: { new: counted({ failed: 2, errors: { "status 502": 2 } }) },
      examples: [
        { at, kind: "new", what: "POST /notes", error: "status 502", node: "birch" },
        { at, kind: "new", what: "GET /", error: "status 502" },
      ],
    });
    expect(said).to.deep.equal([
      "  new: status 502, 2 times",
      `  ${at} new, POST /notes: status 502, from birch`,
      `  ${at} new, GET /: status 502`,
    ]);
    expect(failures(run({}))).to.deep.equal([]);
  });
});
