import { realpathSync } from "node:fs";
import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import { createApp } from "./app.js";
import { checkCache, openCache, visitsIn } from "./cache.js";
import { checkDatabase, notesIn, openDatabase } from "./database.js";
import { createFlusher, runFlusher } from "./events/flusher.js";
import { createIntake } from "./events/intake.js";
import { journalIn, openJournal } from "./events/journal.js";
import { eventsIn } from "./events/store.js";
import { log } from "./log.js";
import { logMail, mailerTo } from "./mails/mailer.js";
import { createPostman, runPostman } from "./mails/postman.js";
import { mailsIn } from "./mails/store.js";
import { readSettings, SettingsError } from "./settings.js";

// Longer than nginx keeps an idle connection, so that it never sends a request into one that closes.
const KEEP_ALIVE_MS = 75_000;
// For what goes on behind the requests. What is cut off by it is safe in redis or PostgreSQL.
const FINISH_MS = 8_000;

function start() {
  const settings = readSettings(process.env, realpathSync(process.cwd()));
  const database = openDatabase(settings.databaseUrl);
  const cache = openCache(settings.redis);
  const { node, worker, release } = settings;

  const stored = eventsIn(database);
  const connection = openJournal(cache);
  const journal = journalIn({ connection, cache, replicas: settings.eventReplicas });
  const intake = createIntake({ journal, store: stored });
  const flusher = runFlusher(createFlusher({ held: intake.held, journal, store: stored }));

  const mails = mailsIn(database);
  const send = settings.smtpUrl ? mailerTo(settings.smtpUrl, settings.mailFrom) : logMail;
  const postman = runPostman(createPostman({ mails, send, worker: `${node}/${worker}` }));

  const app = createApp({
    who: { node, worker, release },
    notes: notesIn(database),
    visits: visitsIn(cache),
    events: { ...stored, accept: intake.accept, waiting: journal.length },
    mails: { ...mails, wake: postman.wake, to: settings.mailTo },
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
    const mailing = postman.stop();
    await finishRequests(server);
    await Promise.race([finishWork(mailing), pause(FINISH_MS)]).catch(({ message }) => log("left-undone", { message }));
    connection.disconnect();
    cache.disconnect();
    log("stopped");
    process.exit(0);
  }
  async function finishWork(mailing) {
    await Promise.all([mailing, flusher.stop()]);
    await database.end();
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
