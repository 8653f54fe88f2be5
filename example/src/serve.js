import { performance } from "node:perf_hooks";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { createApp } from "./app.js";
import { countsOf } from "./counts.js";
import { createFlusher, runFlusher } from "./events/flusher.js";
import { createIntake } from "./events/intake.js";
import { graceful } from "./graceful.js";
import { openLive } from "./live.js";
import { log } from "./log.js";
import { logMail, mailerTo } from "./mails/mailer.js";
import { createPostman, runPostman } from "./mails/postman.js";
import { openStores } from "./stores.js";

// Longer than nginx keeps an idle connection, so that it never sends a request into one that closes.
const KEEP_ALIVE_MS = 75_000;
// The longest request takes 25 s (slow.js), and whoever stops a worker waits 30 s before killing it.
const REQUESTS_MS = 26_000;
const STOP_MS = 29_000;
// For what goes on behind the requests. What is cut off by it is safe in redis or PostgreSQL.
const WORK_MS = 8_000;

/** In place of a loop that has nothing to do, because its store is missing in development. */
const idle = { wake() {}, async stop() {} };

/** Runs one worker until SIGTERM or SIGINT; then the process ends. `front`: a middleware for development. */
export function serve(settings, { front } = {}) {
  const { node, worker, release } = settings;
  const who = { node, worker, release };
  const stores = openStores(settings);
  for (const { store, variable } of stores.missing) log("store-missing", { store, set: variable });

  const { notes, visits, journal, checks } = stores;
  const complete = stores.missing.length === 0;

  const intake = createIntake({ journal, store: stores.events });
  const flusher = complete ? runFlusher(createFlusher({ held: intake.held, journal, store: stores.events })) : idle;
  const events = { ...stores.events, accept: intake.accept, waiting: journal.length };

  const send = settings.smtpUrl ? mailerTo(settings.smtpUrl, settings.mailFrom) : logMail;
  const worksOn = { mails: stores.mails, send, worker: `${node}/${worker}` };
  const postman = settings.databaseUrl ? runPostman(createPostman(worksOn)) : idle;
  const mails = { ...stores.mails, wake: postman.wake, to: settings.mailTo };

  const counts = countsOf({ notes, visits, events, mails });
  const app = createApp({ who, counts, notes, visits, events, mails, checks, front });
  const server = app.listen(settings.port, settings.host, (error) => {
    if (error) {
      log("listen-failed", { host: settings.host, port: settings.port, message: error.message });
      process.exit(1);
    }
    log("listening", { host: settings.host, port: server.address().port });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const finishRequests = graceful(server);
  const live = openLive(server, { who, counts });

  async function stop(signal) {
    const began = performance.now();
    log("stopping", { signal });
    const mailing = postman.stop();
    const [cut] = await Promise.all([finishRequests(REQUESTS_MS), live.close()]);
    const left = Math.min(WORK_MS, began + STOP_MS - performance.now());
    await Promise.race([finishWork(mailing), pause(left)]).catch(({ message }) => log("left-undone", { message }));
    stores.closeCache();
    log("stopped", { cut });
    process.exit(0);
  }
  async function finishWork(mailing) {
    await Promise.all([mailing, flusher.stop()]);
    await stores.closeDatabase();
  }
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}
