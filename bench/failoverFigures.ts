import { percentile } from "./figures";
import type { FailoverRecord } from "./failoverRecords";

const seconds = (value: number) => `${value.toFixed(1)} s`;

/**
 * A Markdown table of all runs, a row for each subject and drill: the write gap's spread, and what must be nothing.
 * @param of which gap is the row's figure; the write gap where it is not given
 */
export function failoverTable(records: FailoverRecord[], of: (record: FailoverRecord) => number = gapOf): string {
  const rows = groups(records).map((runs) => {
    const gaps = runs.map(of);
    const returns = runs.flatMap(({ wholeSeconds }) => (wholeSeconds === undefined ? [] : [wholeSeconds]));
    const cells = [
      runs[0]!.subject,
      runs[0]!.drill,
      runs.length,
      seconds(percentile(gaps, 0.5)),
      seconds(percentile(gaps, 0.95)),
      seconds(Math.max(...gaps)),
      `${sum(runs, "lost")} of ${sum(runs, "acknowledged")}`,
      seconds(sum(runs, "dualSeconds")),
      returns.length === 0 ? "" : seconds(Math.max(...returns)),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const head = [
    "cluster",
    "what is broken",
    "n",
    "gap p50",
    "p95",
    "max",
    "lost writes",
    "two primaries",
    "whole, max",
  ];
  return [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows].join("\n");
}

/** Where the drill breaks redis' master, the figure is redis' own gap. */
const gapOf = ({ drill, gapSeconds, redisGapSeconds }: FailoverRecord) =>
  drill.includes("redis master") ? redisGapSeconds : gapSeconds;

const sum = (runs: FailoverRecord[], what: "lost" | "acknowledged" | "dualSeconds") =>
  runs.reduce((total, run) => total + run[what], 0);

/** The runs of each subject and drill, in the order in which they first came. */
function groups(records: FailoverRecord[]): FailoverRecord[][] {
  const found = new Map<string, FailoverRecord[]>();
  for (const record of records) {
    const key = `${record.subject}\n${record.drill}`;
    found.set(key, [...(found.get(key) ?? []), record]);
  }
  return [...found.values()];
}
