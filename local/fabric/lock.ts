import { lock } from "proper-lockfile";

/**
 * Runs `work` while nobody else, in this process or another one, holds the lock of that name. The API's daemon and the
 * `trivet` command act on the same machines. A lock that is not held leaves nothing on the host.
 */
export async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  const release = await lock(`/run/lock/trivet-${name}`, {
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
