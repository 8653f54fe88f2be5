const contentLength = 12;

/** "20261121T074500Z-0f3a...": when it was made, in UTC, and what is in it. Sorts by time. */
export function releaseId(made: Date, contentHash: string): string {
  const time = made.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  return `${time}-${contentHash.slice(0, contentLength)}`;
}

/** Whether a release of that id holds this content. */
export function holds(id: string, contentHash: string): boolean {
  return id.endsWith(`-${contentHash.slice(0, contentLength)}`);
}

/** What a node has: the releases that are ready to run there, the one that runs, and its workers. */
export interface NodeReleases {
  ready: string[];
  current: string | undefined;
  workers: number[];
  /** Whether every worker answers its health check. */
  healthy: boolean;
}

/** The release to run: one that some node has with this very content, the newest of them, else a new one. */
export function chooseRelease(nodes: readonly NodeReleases[], contentHash: string, now: Date): string {
  const known = nodes.flatMap((node) => node.ready).filter((id) => holds(id, contentHash));
  return known.sort().at(-1) ?? releaseId(now, contentHash);
}

/** Reads what on-node/state.sh prints: lines of name=value. */
export function readState(output: string): NodeReleases {
  const values = (name: string) =>
    output.split("\n").flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
  return {
    ready: values("ready"),
    current: values("current")[0],
    workers: values("worker").map(Number),
    healthy: values("healthy")[0] === "yes",
  };
}
