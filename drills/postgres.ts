import type { Machine } from "../local/fabric";
import { ask } from "./ask";
import type { Row } from "./history";
import type { DatabaseRole } from "./subject";

/** A node's PostgreSQL as it sees itself, asked from within its machine. */
export interface DatabaseView {
  role: DatabaseRole;
  /** Standbys that stream from it and lag less than a megabyte. */
  standbys: number;
  /** Whether it streams from a primary. */
  streaming: boolean;
}

const down: DatabaseView = { role: "down", standbys: 0, streaming: false };

export const sql = (machine: Machine, query: string, database = "postgres", seconds = 5) =>
  ask(machine, `runuser -u postgres -- psql -XAtq -v ON_ERROR_STOP=1 -d ${database}`, seconds, query);

/** A node that does not answer is down. */
export async function viewOf(machine: Machine): Promise<DatabaseView> {
  if (machine.leaderPid === null) return down;
  try {
    return parseView(await sql(machine, viewQuery));
  } catch {
    return down;
  }
}

const viewQuery = `SELECT pg_is_in_recovery(),
  (SELECT count(*) FROM pg_stat_replication
    WHERE state = 'streaming' AND pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) < 1048576),
  coalesce((SELECT status = 'streaming' FROM pg_stat_wal_receiver), false);`;

export function parseView(line: string): DatabaseView {
  const [recovering, standbys, streaming] = line.trim().split("|");
  return { role: recovering === "t" ? "standby" : "primary", standbys: Number(standbys), streaming: streaming === "t" };
}

/** Why these databases are not one primary with everyone else streaming from it. */
export function replicationFaults(views: Record<string, DatabaseView>): string[] {
  const nodes = Object.keys(views);
  const of = (role: DatabaseRole) => nodes.filter((node) => views[node]!.role === role);
  const primaries = of("primary");
  const faults = of("down").map((node) => `the database of ${node} does not answer`);
  if (primaries.length !== 1) faults.push(`primaries: ${primaries.join(", ") || "none"}`);
  for (const node of of("standby")) if (!views[node]!.streaming) faults.push(`${node} does not stream`);
  for (const node of primaries) {
    const { standbys } = views[node]!;
    if (standbys !== nodes.length - 1) faults.push(`${standbys} of ${nodes.length - 1} standbys follow ${node}`);
  }
  return faults;
}

/** Made anew if need be: every client may insert, and nothing stops the same id from being there twice. */
export const tableSql = (owner: string) => `SET ROLE ${owner};
CREATE TABLE IF NOT EXISTS drill_writes (run text NOT NULL, client text NOT NULL, id integer NOT NULL);
GRANT INSERT ON drill_writes TO app;`;

export async function rowsOf(machine: Machine, run: string): Promise<Row[]> {
  const text = await sql(machine, `SELECT client, id FROM drill_writes WHERE run = '${run}'`, "app", 60);
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [client, id] = line.split("|") as [string, string];
      return { client, id: Number(id) };
    });
}
