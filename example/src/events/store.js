import { retried } from "../retry.js";

// An event that is there already is written over with itself. DO NOTHING would write nothing, and a transaction that
// wrote nothing waits for no standby: it would confirm a row of which only this server has a copy, because the
// connection of the one that inserted it was cut off while it waited.
const SAVE = `
  WITH stored AS (
    INSERT INTO events (id, name, happened_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[])
    ON CONFLICT (id) DO UPDATE SET id = excluded.id
    RETURNING name, xmax = 0 AS new
  )
  INSERT INTO event_counts (name, count)
  SELECT name, count(*) FROM stored WHERE new GROUP BY name ORDER BY name
  ON CONFLICT (name) DO UPDATE SET count = event_counts.count + excluded.count`;

/** Events in PostgreSQL, each once however often it is saved. An event is {id (uuid), name, at (ISO 8601)}. */
export function eventsIn(pool) {
  return {
    /** One statement and so one transaction. Resolves after the commit; rejects if the outcome is not known. */
    async save(events) {
      const unique = [...new Map(events.map((event) => [event.id, event])).values()];
      // In the same order everywhere: two workers with the same events must not wait for each other.
      unique.sort((a, b) => (a.id < b.id ? -1 : 1));
      const columns = ["id", "name", "at"].map((key) => unique.map((event) => event[key]));
      await retried(() => pool.query(SAVE, columns));
    },
    async count() {
      const { rows } = await retried(() =>
        pool.query("SELECT coalesce(sum(count), 0)::int AS count FROM event_counts"),
      );
      return rows[0].count;
    },
    async counts(limit) {
      const text = "SELECT name, count::int FROM event_counts ORDER BY count DESC, name LIMIT $1";
      return (await retried(() => pool.query(text, [limit]))).rows;
    },
  };
}
