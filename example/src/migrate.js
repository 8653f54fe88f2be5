import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { URL } from "node:url";
import pg from "pg";
import { log } from "./log.js";
import { readMigrationUrl, SettingsError } from "./settings.js";

const folder = new URL("../migrations/", import.meta.url);
// Any number will do as long as nobody else locks the same one.
const LOCK = 7_483_648;

/** Runs what has not run yet, in the order of the file names, in one transaction: all of it or nothing. */
async function migrate(client) {
  await client.query("BEGIN");
  await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
  await client.query("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, ran_at timestamptz DEFAULT now())");
  const { rows } = await client.query("SELECT name FROM migrations");
  const done = new Set(rows.map((row) => row.name));
  const pending = readdirSync(folder)
    .filter((name) => name.endsWith(".sql") && !done.has(name))
    .sort();
  for (const name of pending) {
    await client.query(readFileSync(new URL(name, folder), "utf8"));
    await client.query("INSERT INTO migrations (name) VALUES ($1)", [name]);
  }
  await client.query("COMMIT");
  return pending;
}

try {
  const client = new pg.Client({ connectionString: readMigrationUrl(process.env), connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    log("migrated", { ran: await migrate(client) });
  } finally {
    await client.end();
  }
} catch (error) {
  process.stderr.write(`${error instanceof SettingsError ? error.message : `Migration failed: ${error.message}`}\n`);
  process.exit(1);
}
