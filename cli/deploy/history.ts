import { z } from "zod";

const switched = z.object({
  /** RFC 3339, in UTC. */
  time: z.string(),
  release: z.string(),
  from: z.string().nullable(),
  /** Who did it: user@host. */
  by: z.string(),
  how: z.enum(["deploy", "rollback"]),
  /** "put back": it did not get healthy, and the one before runs again; "broken": neither did, or there was none. */
  outcome: z.enum(["ok", "put back", "broken"]),
});

/** A switch on a node, as /srv/app/history.jsonl keeps it. */
export type Switched = z.infer<typeof switched>;

/** A line of the history; undefined for one that a power cut has left half-written. */
export function readSwitched(line: string): Switched | undefined {
  try {
    return switched.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** What a rollback looks at on each node. */
export interface Past {
  ready: readonly string[];
  current: string | undefined;
  history: readonly Switched[];
}

/**
 * The release that a rollback without an argument returns to: the last good one before what runs, which was healthy on
 * every node and is still there on every node. Undefined where there is none.
 */
export function lastGood(nodes: readonly Past[]): string | undefined {
  const good = (release: string) =>
    nodes.every(
      ({ ready, history }) =>
        ready.includes(release) && history.some((entry) => entry.release === release && entry.outcome === "ok"),
    );
  const everywhere = (release: string) => nodes.every(({ current }) => current === release);
  const [newest] = [...nodes].sort((a, b) => lastTime(b).localeCompare(lastTime(a)));
  return (
    newest &&
    trail(newest.history)
      .reverse()
      .find((release) => good(release) && !everywhere(release))
  );
}

const lastTime = ({ history }: Past): string => history.findLast(({ outcome }) => outcome === "ok")?.time ?? "";

/** The releases that ran, in order; a rollback takes back what came after the one it returned to. */
function trail(history: readonly Switched[]): string[] {
  const releases: string[] = [];
  for (const { release, how, outcome } of history) {
    if (outcome !== "ok" || releases.at(-1) === release) continue;
    const earlier = releases.lastIndexOf(release);
    if (how === "rollback" && earlier >= 0) releases.length = earlier;
    releases.push(release);
  }
  return releases;
}
