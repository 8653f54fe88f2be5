import type { Clock } from "../clock";
import { retryInterval } from "./course";
import type { Lsn } from "./lsn";

/** Longer than PostgreSQL waits until it looks again for log that it lacks, twice. */
const settledAfter = 5 * retryInterval.eager;
/** A standby that has been settled for so long, in milliseconds, is told to look less often. */
const patientAfter = 3_000;

/** What is seen of a standby that nobody sends log to. */
export interface Sight {
  lsn: Lsn;
  /** Everything that was received since the server's start is replayed. */
  replayedAll: boolean;
  /** How often the process that replays has gone to sleep by itself; null while it does not wait for more log. */
  sleeps: number | null;
}

/** Tells when no more log can come to a standby that follows nobody: only then it is known where its data ends. */
export class Settling {
  private idle: { lsn: Lsn; since: number; sleeps: number } | null = null;

  constructor(private readonly clock: Clock) {}

  /** Whatever was seen counts no more. */
  restarts(): void {
    this.idle = null;
  }

  /**
   * The server has reloaded its settings; but the process that replays, and would ask for a stream, must have run since
   * then and found nothing to do. When everything received is replayed, that is all; after a restart, when it is not known
   * what was received, it must also have looked for more log, twice.
   * @returns also how long, in milliseconds, PostgreSQL should wait until it looks again. Whoever is patient cannot settle
   * soon, so what has to settle anew is eager
   */
  sees({ lsn, replayedAll, sleeps }: Sight): { settled: boolean; retry: number } {
    const now = this.clock.now();
    if (sleeps === null) {
      this.idle = null;
      return { settled: false, retry: retryInterval.eager };
    }
    if (this.idle?.lsn !== lsn) this.idle = { lsn, since: now, sleeps };
    const idleFor = now - this.idle.since;
    const settled = sleeps >= this.idle.sleeps + 3 && (replayedAll || idleFor >= settledAfter);
    return { settled, retry: settled && idleFor > patientAfter ? retryInterval.patient : retryInterval.eager };
  }
}
