import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

// Connection, shutdown and failover, too many connections, a standby, and conflicts with other transactions.
const PASSING = /^(08|57P|53300|25006|40001|40P01)/;

/**
 * Runs `query` again when it failed for a reason that passes, such as a failover, until `forMs` have passed. Whether
 * the failed one has taken effect is unknown, so only what does no harm a second time may be given.
 */
export async function retried(query, { forMs = 10_000, pauseMs = 250 } = {}) {
  const deadline = performance.now() + forMs;
  for (;;) {
    try {
      return await query();
    } catch (error) {
      if (isVerdict(error) || performance.now() > deadline) throw error;
      await pause(pauseMs);
    }
  }
}

/** Whether the server judged the statement itself; else it or the connection was not there. */
function isVerdict(error) {
  return error.severity !== undefined && !PASSING.test(error.code);
}
