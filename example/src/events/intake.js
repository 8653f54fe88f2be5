import { performance } from "node:perf_hooks";
import { batched } from "../batched.js";
import { log } from "../log.js";

const BATCH = 500;
const AVOID_MS = 2_000;
const HELD_MAX = 20_000;

/**
 * Where events come in. `accept` resolves to "redis" when the master and every replica have the event, and else to
 * "postgresql" after the commit there; it rejects when neither is known to be so. `held` maps the ids of the accepted
 * events that this worker has to bring to PostgreSQL to the events.
 */
export function createIntake({ journal, store, now = () => performance.now() }) {
  const held = new Map();
  let avoidUntil = -Infinity;

  const toRedis = batched(async (events) => {
    if (now() < avoidUntil || held.size >= HELD_MAX) return false;
    try {
      await journal.append(events);
    } catch (error) {
      // No request waits for a redis that has just shown to be unfit.
      avoidUntil = now() + AVOID_MS;
      log("journal-in-doubt", { message: error.message });
      return false;
    }
    for (const event of events) held.set(event.id, event);
    return true;
  }, BATCH);
  const toDatabase = batched((events) => store.save(events), BATCH);

  return {
    held,
    async accept(event) {
      if (await toRedis(event)) return "redis";
      await toDatabase(event);
      return "postgresql";
    },
  };
}
