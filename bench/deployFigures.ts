import { kinds, type KindSummary, type Summary } from "../drills/load";
import { percentile } from "./figures";
import type { Kept } from "./records";

/** A deploy and its rollback, and what the clients saw meanwhile. */
export interface DeployRecord extends Kept, Pick<Summary, "total" | "kinds" | "releases" | "examples"> {
  at: string;
  /** How long there was load. */
  seconds: number;
  deploySeconds: number;
  rollbackSeconds: number;
}

const head = [
  "traffic",
  "requests",
  "failed",
  "repeated",
  "reconnected",
  "closed while idle",
  "cut off at the end",
  "p50",
  "p99, worst run",
  "max",
];

/** A Markdown table of all runs together, a row for each kind of traffic and one for all. */
export function deployTable(records: DeployRecord[]): string {
  const rows = kinds.map((kind) =>
    row(
      kind,
      records.flatMap((run) => run.kinds[kind] ?? []),
    ),
  );
  const all = row(
    "all",
    records.map(({ total }) => total),
  );
  return [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows.flat(), ...all].join("\n");
}

function row(name: string, runs: KindSummary[]): string[] {
  if (runs.length === 0) return [];
  const sum = (what: "requests" | "failed" | "repeated" | "reconnected" | "stale" | "unfinished") =>
    runs.reduce((total, run) => total + run[what], 0);
  const latencies = runs.flatMap(({ latency }) => latency ?? []);
  const shown = (values: number[], of: (values: number[]) => number) =>
    values.length === 0 ? "" : `${of(values).toFixed(0)} ms`;
  const most = (values: number[]) => Math.max(...values);
  const cells = [
    name,
    sum("requests"),
    sum("failed"),
    sum("repeated"),
    sum("reconnected"),
    sum("stale"),
    sum("unfinished"),
    shown(
      latencies.map(({ p50 }) => p50),
      (values) => percentile(values, 0.5),
    ),
    shown(
      latencies.map(({ p99 }) => p99),
      most,
    ),
    shown(
      latencies.map(({ max }) => max),
      most,
    ),
  ];
  return [`| ${cells.join(" | ")} |`];
}

/** A line for each kind of failure of a run, and one for each that was kept as an example. */
export function failures({ kinds, examples }: Pick<DeployRecord, "kinds" | "examples">): string[] {
  const counted = Object.entries(kinds).flatMap(([kind, { errors }]) =>
    Object.entries(errors).map(([error, times]) => `  ${kind}: ${error}, ${times} times`),
  );
  const seen = examples.map(
    ({ at, kind, what, error, node }) =>
      `  ${at} ${kind}, ${what}: ${error}${node === undefined ? "" : `, from ${node}`}`,
  );
  return [...counted, ...seen];
}
