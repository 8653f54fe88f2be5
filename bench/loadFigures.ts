import type { Summary } from "../drills/load";
import { percentile } from "./figures";
import type { Kept } from "./records";

/** What is in front of the workers. */
export type Way = "Trivet" | "one bare worker";

/** One load of one kind, one way. */
export interface LoadRecord extends Kept, Pick<Summary, "total" | "nodes" | "seconds" | "perSecond"> {
  /** What the clients did. */
  name: string;
  way: Way;
  at: string;
}

const median = (values: number[]) => percentile(values, 0.5);
const head = ["load", "on", "n", "requests", "failed", "requests/s", "p50", "p99", "p99, worst run"];

/** A Markdown table of all runs, a row for each load and way; medians where nothing else is said. */
export function loadTable(records: LoadRecord[]): string {
  const rows = groups(records).map((runs) => {
    const { name, way } = runs[0]!;
    const latency = (of: "p50" | "p99", over: (values: number[]) => number) => {
      const values = runs.flatMap(({ total }) => total.latency?.[of] ?? []);
      return values.length === 0 ? "" : `${over(values).toFixed(1)} ms`;
    };
    const cells = [
      name,
      way,
      runs.length,
      sum(runs.map(({ total }) => total.requests)),
      sum(runs.map(({ total }) => total.failed)),
      median(runs.map(({ perSecond }) => perSecond)).toFixed(0),
      latency("p50", median),
      latency("p99", median),
      latency("p99", (values) => Math.max(...values)),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows].join("\n");
}

/** A sentence for each load: how many requests a second go through Trivet for each that the bare worker answers. */
export function ratios(records: LoadRecord[]): string {
  const names = [...new Set(records.map(({ name }) => name))];
  const sentences = names.flatMap((name) => {
    const [trivet, bare] = (["Trivet", "one bare worker"] as const).map((way) =>
      records.filter((run) => run.name === name && run.way === way).map(({ perSecond }) => perSecond),
    );
    if (!trivet?.length || !bare?.length) return [];
    return [`${name}: ${(median(trivet) / median(bare)).toFixed(2)} times the requests a second of one bare worker.`];
  });
  return sentences.join("\n");
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** The runs of each load and way, in the order in which they first came. */
function groups(records: LoadRecord[]): LoadRecord[][] {
  const found = new Map<string, LoadRecord[]>();
  for (const record of records) {
    const key = `${record.name}\n${record.way}`;
    found.set(key, [...(found.get(key) ?? []), record]);
  }
  return [...found.values()];
}
