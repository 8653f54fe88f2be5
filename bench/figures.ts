import * as os from "node:os";

/** One benchmark's samples of one quantity. */
export interface Figure {
  what: string;
  unit: "s" | "MiB" | "count";
  samples: number[];
}

/** The value below which the given share of the samples lies (nearest rank). */
export function percentile(samples: number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/** A Markdown table, as docs/benchmarks.md keeps it. */
export function table(figures: Figure[]): string {
  const shown = (value: number, unit: Figure["unit"]) =>
    unit === "count" ? String(value) : `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
  const rows = figures.map(({ what, unit, samples }) => {
    const cells = [Math.min(...samples), percentile(samples, 0.5), percentile(samples, 0.95), Math.max(...samples)];
    return `| ${[what, samples.length, ...cells.map((value) => shown(value, unit))].join(" | ")} |`;
  });
  return ["| what | n | min | p50 | p95 | max |", "| --- | --- | --- | --- | --- | --- |", ...rows].join("\n");
}

/** Where and when a run was made. */
export function circumstances(): string {
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores (${cpu?.model ?? "unknown"}), ${memory} GiB, Linux ${os.release()}`;
}

/** Seconds that the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e9;
}
