import pg from "pg";
import { log } from "./log.js";
import { retried } from "./retry.js";

// A failover shows as a wait of some seconds behind the pooler, so a request waits longer than the longest one.
const QUERY_TIMEOUT_MS = 20_000;
const CONNECT_TIMEOUT_MS = 20_000;

/** The connections of one worker. Small: every worker of every node shares the server's limit. */
export function openDatabase(url) {
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // By the client, because a pooler refuses statement_timeout as a parameter of the connection.
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
  });
  // An idle connection that a failover closes is reported here; unheard, it would end the process.
  pool.on("error", (error) => log("database-connection-lost", { message: error.message }));
  return pool;
}

/** Notes in PostgreSQL. `add` resolves after the commit; it is not tried again, because that might add a second note. */
export function notesIn(pool) {
  const columns = `id::int, text, created_at AS "createdAt"`;
  return {
    async add(text) {
      const { rows } = await pool.query(`INSERT INTO notes (text) VALUES ($1) RETURNING ${columns}`, [text]);
      return rows[0];
    },
    async latest(limit) {
      const text = `SELECT ${columns} FROM notes ORDER BY id DESC LIMIT $1`;
      return (await retried(() => pool.query(text, [limit]))).rows;
    },
    async count() {
      const { rows } = await retried(() => pool.query("SELECT count(*)::int AS count FROM notes"));
      return rows[0].count;
    },
  };
}

/** Throws unless the server at the other end takes writes. */
export async function checkDatabase(pool) {
  const { rows } = await pool.query("SELECT pg_is_in_recovery() AS standby");
  if (rows[0].standby) throw new Error("the database is read-only");
}
