import { realpathSync } from "node:fs";
import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import { createApp } from "./app.js";
import { checkCache, openCache, visitsIn } from "./cache.js";
import { checkDatabase, notesIn, openDatabase } from "./database.js";
import { log } from "./log.js";
import { readSettings, SettingsError } from "./settings.js";

// Longer than nginx keeps an idle connection, so that it never sends a request into one that closes.
const KEEP_ALIVE_MS = 75_000;

function start() {
  const settings = readSettings(process.env, realpathSync(process.cwd()));
  const database = openDatabase(settings.databaseUrl);
  const cache = openCache(settings.redis);
  const app = createApp({
    who: { node: settings.node, worker: settings.worker, release: settings.release },
    notes: notesIn(database),
    visits: visitsIn(cache),
    checks: [() => checkDatabase(database), () => checkCache(cache)],
  });

  const server = app.listen(settings.port, settings.host, (error) => {
    if (error) {
      log("listen-failed", { host: settings.host, port: settings.port, message: error.message });
      process.exit(1);
    }
    log("listening", { host: settings.host, port: server.address().port });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;

  async function stop(signal) {
    log("stopping", { signal });
    await finishRequests(server);
    await database.end();
    cache.disconnect();
    log("stopped");
    process.exit(0);
  }
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

/** Takes no new connection, and resolves when the last request is answered. */
async function finishRequests(server) {
  // A connection whose request ends after the close would stay open until its keep-alive ends.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(sweep);
}

try {
  start();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
