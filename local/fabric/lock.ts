import { mkdir } from "node:fs/promises";
import { lock } from "proper-lockfile";
import { runDir } from "./places";

/**
 * Runs `work` while nobody else, in this process or another one, holds the lock of that name. The API's daemon and the
 * `trivet` command act on the same machines.
 */
export async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  await mkdir(`${runDir}/locks`, { recursive: true });
  const release = await lock(`${runDir}/locks/${name}`, {
    realpath: false,
    stale: 30_000,
    retries: { forever: true, minTimeout: 50, maxTimeout: 250 },
  });
  try {
    return await work();
  } finally {
    await release();
  }
}
