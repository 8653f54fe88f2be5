import { madeAt } from "./release";
import type { NodeState } from "./state";

/** A release, and where it is. */
export interface ReleaseReport {
  release: string;
  /** RFC 3339; null for a name that does not tell it. */
  made: string | null;
  nodes: { name: string; current: boolean; outcome: "ok" | "put back" | "broken" | null }[];
  /** The last switch to it on any node; null when it never ran, or before the history began. */
  last: { time: string; by: string; how: "deploy" | "rollback"; outcome: "ok" | "put back" | "broken" } | null;
}

/** Every release that is ready on a node, the newest first. */
export function reportReleases(nodes: readonly { name: string; state: NodeState }[]): ReleaseReport[] {
  const releases = [...new Set(nodes.flatMap(({ state }) => state.ready))].sort().reverse();
  return releases.map((release) => {
    const of = ({ history }: NodeState) => history.findLast((entry) => entry.release === release);
    const switches = nodes.flatMap(({ state }) => of(state) ?? []).sort((a, b) => a.time.localeCompare(b.time));
    const last = switches.at(-1);
    return {
      release,
      made: madeAt(release)?.toISOString() ?? null,
      nodes: nodes
        .filter(({ state }) => state.ready.includes(release))
        .map(({ name, state }) => ({ name, current: state.current === release, outcome: of(state)?.outcome ?? null })),
      last: last ? { time: last.time, by: last.by, how: last.how, outcome: last.outcome } : null,
    };
  });
}

/** For people: a line a release. */
export function releasesTable(reports: readonly ReleaseReport[]): string {
  const rows = reports.map(({ release, nodes, last }) => [
    release,
    nodes.map(({ name, current }) => (current ? `${name}*` : name)).join(" "),
    last?.outcome ?? "never ran",
    last ? `${last.time} ${last.how} by ${last.by}` : "",
  ]);
  const all = [["RELEASE", "NODES (* runs it)", "OUTCOME", "LAST SWITCH"], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
