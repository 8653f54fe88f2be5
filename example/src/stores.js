import { checkCache, closeForGood, openCache, visitsIn } from "./cache.js";
import { checkDatabase, notesIn, openDatabase } from "./database.js";
import { journalIn, openJournal } from "./events/journal.js";
import { eventsIn } from "./events/store.js";
import { mailsIn } from "./mails/store.js";
import { missing } from "./missing.js";

const postgresql = { store: "PostgreSQL", variable: "DATABASE_URL" };
const redis = { store: "redis", variable: "REDIS_URL" };

/**
 * Everything that is kept outside the process. What the settings do not name is there too, and rejects; `missing` lists
 * it. `closeCache` and `closeDatabase` are apart, because work in hand may outlive the one and needs the other.
 */
export function openStores(settings) {
  const pool = settings.databaseUrl ? openDatabase(settings.databaseUrl) : undefined;
  const cache = settings.redis ? openCache(settings.redis) : undefined;
  const connection = cache ? openJournal(cache) : undefined;
  const replicas = settings.eventReplicas;
  return {
    notes: pool ? notesIn(pool) : missing(postgresql, ["add", "latest", "count"]),
    events: pool ? eventsIn(pool) : missing(postgresql, ["save", "count", "counts"]),
    mails: pool ? mailsIn(pool) : missing(postgresql, ["add", "decide", "counts"]),
    visits: cache ? visitsIn(cache) : missing(redis, ["add", "count"]),
    // Without PostgreSQL nobody would ever take the events out of it.
    journal: pool && cache ? journalIn({ connection, cache, replicas }) : missing(redis, ["append", "length"]),
    checks: [
      pool ? () => checkDatabase(pool) : missing(postgresql, ["check"]).check,
      cache ? () => checkCache(cache) : missing(redis, ["check"]).check,
    ],
    missing: [...(pool ? [] : [postgresql]), ...(cache ? [] : [redis])],
    async closeDatabase() {
      await pool?.end();
    },
    closeCache() {
      if (connection) closeForGood(connection);
      if (cache) closeForGood(cache);
    },
  };
}
