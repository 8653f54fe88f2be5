import { readdir, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { lineageOf, type Lineage } from "../election/lineage";
import { conninfo } from "./course";
import { Untouched } from "./database";
import { bin, configFile, data, home, making } from "./paths";

const incoming = `${home}/main.new`;

/** Whether there is data, and all of it. */
export const hasData = async (): Promise<boolean> => !(await exists(making)) && (await exists(`${data}/PG_VERSION`));

const exists = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
      throw error;
    },
  );

/**
 * The size of the log's files, in MiB; PostgreSQL's own default is 16. A promotion writes a whole one to the disk, and who
 * follows the new primary receives its file from the beginning, before the first commit is confirmed.
 */
const logFile = 4;

export async function initialise(): Promise<void> {
  // An earlier attempt may have broken off.
  if (await exists(making)) await rm(data, { recursive: true, force: true });
  await whileMaking(() =>
    execa(`${bin}/initdb`, [
      ...["--pgdata", data, "--data-checksums", "--encoding", "UTF8", "--locale", "C.UTF-8"],
      ...["--auth-local", "peer", "--auth-host", "reject", "--no-instructions", "--wal-segsize", `${logFile}`],
    ]),
  );
}

/**
 * A copy of a peer's data. What was here is kept until the copy is whole, if the disk has room for both; if it has not,
 * it goes first: the leader, whom a majority confirms, has everything that was acknowledged.
 */
export async function clone(ip: string, giveUp: () => Promise<void>): Promise<void> {
  await rm(incoming, { recursive: true, force: true });
  const keeps = await hasRoomForCopy();
  if (!keeps) {
    // Nothing goes for a copy that could not even begin.
    await execa("psql", ["-XAtqc", "SELECT 1", `${conninfo(ip)} dbname=postgres`]);
    await giveUp();
    await rm(data, { recursive: true, force: true });
  }
  await execa(`${bin}/pg_basebackup`, [
    ...["--pgdata", incoming, "--wal-method", "stream", "--checkpoint", "fast"],
    ...["--dbname", conninfo(ip)],
  ]);
  if (keeps) await giveUp();
  await rm(`${incoming}/standby.signal`, { force: true });
  await whileMaking(async () => {
    await rm(data, { recursive: true, force: true });
    await rename(incoming, data);
  });
}

/** In bytes, eight of the log's files: with less, the next statements may find no room. */
const leastRoom = 8 * logFile * 1024 * 1024;

export async function isFull(): Promise<boolean> {
  const { bavail, bsize } = await statfs(home);
  return bavail * bsize < leastRoom;
}

async function hasRoomForCopy(): Promise<boolean> {
  const { bavail, bsize } = await statfs(home);
  const { stdout } = await execa("du", ["--summarize", "--block-size=1", data], { reject: false });
  return bavail * bsize > 1.2 * (Number.parseInt(stdout, 10) || 0);
}

export async function rewind(ip: string): Promise<void> {
  // pg_rewind recovers what a crash left, in a single-user server, which cannot be a standby.
  await rm(`${data}/standby.signal`, { force: true });
  await execa(`${bin}/pg_rewind`, [
    ...["--target-pgdata", data, "--source-server", `${conninfo(ip)} dbname=postgres`],
    ...["--config-file", configFile],
  ]).catch((error: Error) => {
    // It connects before it changes anything.
    throw /connection to server .* failed/.test(error.message) ? new Untouched(error.message) : error;
  });
}

/** The names of the log's files. */
export const logFiles = (): Promise<string[]> => readdir(`${data}/pg_wal`);

export async function lineage(timeline: number, known: Lineage, term: number): Promise<Lineage> {
  const name = timeline.toString(16).toUpperCase().padStart(8, "0");
  // The first timeline has no history.
  const history = timeline === 1 ? "" : await readFile(`${data}/pg_wal/${name}.history`, "utf8");
  return lineageOf(timeline, history, known, term);
}

/** The configuration lives in /etc; PostgreSQL's tools want none beside it. */
async function whileMaking(make: () => Promise<unknown>): Promise<void> {
  await writeFile(making, "", { flush: true });
  await make();
  for (const name of ["postgresql.conf", "pg_hba.conf", "pg_ident.conf"]) await rm(`${data}/${name}`, { force: true });
  await rm(making);
}
