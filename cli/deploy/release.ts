import type { NodeState } from "./state";

const contentLength = 12;

/** "20261121T074500Z-0f3a...": when it was made, in UTC, and what is in it. Sorts by time. */
export function releaseId(made: Date, contentHash: string): string {
  const time = made.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  return `${time}-${contentHash.slice(0, contentLength)}`;
}

/** When a release was made, from its name; undefined for a name of another form. */
export function madeAt(release: string): Date | undefined {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(release) ?? [];
  return y === undefined ? undefined : new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}

/** Whether a release of that id holds this content. */
export function holds(id: string, contentHash: string): boolean {
  return id.endsWith(`-${contentHash.slice(0, contentLength)}`);
}

/**
 * The release to run: one that some node has with this very content, whole or begun, the newest of them; else a new one.
 */
export function chooseRelease(
  nodes: readonly Pick<NodeState, "ready" | "unfinished">[],
  contentHash: string,
  now: Date,
): string {
  const known = nodes.flatMap(({ ready, unfinished }) => [...ready, ...unfinished]);
  return (
    known
      .filter((id) => holds(id, contentHash))
      .sort()
      .at(-1) ?? releaseId(now, contentHash)
  );
}

/**
 * What a node keeps while it gets a release: that one, the current one, the last good one, and the newest of the others
 * up to `count` in all.
 */
export function releasesToKeep(
  ready: readonly string[],
  { count, needed }: { count: number; needed: readonly (string | undefined)[] },
): string[] {
  const kept = new Set(needed.filter((id) => id !== undefined));
  for (const id of [...ready].sort().reverse()) if (kept.size < count) kept.add(id);
  return [...kept];
}
