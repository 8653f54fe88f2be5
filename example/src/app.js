import express from "express";
import { eventRoutes } from "./events/routes.js";
import { healthy } from "./health.js";
import { log } from "./log.js";
import { mailRoutes } from "./mails/routes.js";
import { page } from "./page.js";

const HEALTH_TIMEOUT_MS = 1_500;
const NOTE_MAX_LENGTH = 1_000;
const NOTES_SHOWN = 100;

/**
 * The HTTP side. `who` ({node, worker, release}) says which process answered; `notes` and `visits` store;
 * `events` and `mails` are what their routes say; `checks` are functions that throw while this worker cannot serve.
 */
export function createApp({ who, notes, visits, events, mails, checks }) {
  const app = express();
  app.disable("x-powered-by");
  app.use(express.json({ limit: "16kb" }));

  async function counts() {
    const [noteCount, visitCount, eventCount, eventsWaiting, mailCounts] = await Promise.all([
      notes.count(),
      visits.count(),
      events.count(),
      events.waiting(),
      mails.counts(),
    ]);
    return {
      notes: noteCount,
      visits: visitCount,
      events: eventCount,
      eventsWaiting,
      mailsSent: mailCounts.sent,
      mailsWaiting: mailCounts.waiting,
      mailsInDoubt: mailCounts.doubtful,
    };
  }

  app.get("/", async (request, response) => {
    const facts = { ...who, ...(await counts()) };
    if (request.accepts("json", "html") === "html") response.send(page(facts, await notes.latest(10)));
    else response.json(facts);
  });

  app.get("/notes", async (_request, response) => {
    response.json(await notes.latest(NOTES_SHOWN));
  });

  app.post("/notes", async (request, response) => {
    const text = request.body?.text;
    if (typeof text !== "string" || text.length === 0 || text.length > NOTE_MAX_LENGTH || text.includes("\0")) {
      response.status(400).json({ error: `text must be a string of 1 to ${NOTE_MAX_LENGTH} characters` });
      return;
    }
    response.status(201).json(await notes.add(text));
  });

  app.get("/visits", async (_request, response) => {
    response.json({ visits: await visits.count() });
  });

  app.post("/visits", async (_request, response) => {
    response.json({ visits: await visits.add() });
  });

  app.use("/events", eventRoutes(events));
  app.use("/mails", mailRoutes(mails));

  app.get("/healthz", async (_request, response) => {
    response.status((await healthy(checks, HEALTH_TIMEOUT_MS)) ? 204 : 503).end();
  });

  app.use((_request, response) => {
    response.status(404).json({ error: "nothing here" });
  });

  // Express tells an error handler by its four parameters.
  app.use((error, request, response, _next) => {
    if (error.status >= 400 && error.status < 500) {
      response.status(error.status).json({ error: error.message });
      return;
    }
    log("request-failed", { method: request.method, path: request.path, message: error.message });
    response.status(503).set("Retry-After", "1").json({ error: "try again in a moment" });
  });

  return app;
}
