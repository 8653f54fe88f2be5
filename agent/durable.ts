import { mkdir, open, readFile, rename } from "node:fs/promises";
import * as path from "node:path";
import type { Lineage } from "./election/lineage";
import type { Membership } from "./election/membership";

/** What an agent must not forget: forgotten, it would break its word. */
export interface Durable {
  /** The latest term in which this node voted, or that it heard of from a leader. */
  term: number;
  /** To whom its vote of that term went. */
  votedFor: string | null;
  /** The latest term in which this node was elected itself. 0: never. */
  led: number;
  /** Whether it was made the leader by an operator, without the others' votes, and has not been confirmed by them since. */
  forced: boolean;
  /** PostgreSQL's identity of the cluster's data. */
  systemId: string | null;
  /** Of the data here, not of the leader's: who began each of its timelines. Empty while nobody could say. */
  lineage: Lineage;
  membership: Membership;
}

export const nothingYet: Durable = {
  term: 0,
  votedFor: null,
  led: 0,
  forced: false,
  systemId: null,
  lineage: [],
  membership: { term: 0, change: 0, names: [] },
};

export interface Store {
  /** null on a node that never had an agent: it knows of no promise that it may have given. */
  read(): Promise<Durable | null>;
  /** Resolves when it is on the disk. */
  write(durable: Durable): Promise<void>;
}

export function fileStore(file: string): Store {
  const folder = path.dirname(file);
  return {
    async read() {
      const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
      return text === null ? null : { ...nothingYet, ...(JSON.parse(text) as Partial<Durable>) };
    },
    async write(durable) {
      await mkdir(folder, { recursive: true });
      await synced(`${file}.new`, "w", `${JSON.stringify(durable)}\n`);
      await rename(`${file}.new`, file);
      await synced(folder, "r");
    },
  };
}

async function synced(path: string, flags: string, text?: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    if (text !== undefined) await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
