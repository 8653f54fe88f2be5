import express, { Router } from "express";
import { eventRoutes } from "./events/routes.js";
import { healthy } from "./health.js";
import { log } from "./log.js";
import { mailRoutes } from "./mails/routes.js";
import { MissingStore } from "./missing.js";
import { noteRoutes } from "./notes.js";
import { page } from "./page.js";
import { slowRoutes } from "./slow.js";
import { uploadRoutes } from "./uploads.js";
import { visitRoutes } from "./visits.js";

const HEALTH_TIMEOUT_MS = 1_500;

/**
 * The HTTP side. `who` ({node, worker, release}) says which process answered; `counts` resolves to all counts; `notes`
 * and `visits` store; `events` and `mails` are what their routes say; `checks` are functions that throw while this
 * worker cannot serve; `front` is a middleware that comes first, in development.
 */
export function createApp({ who, counts, notes, visits, events, mails, checks, front }) {
  const app = express();
  app.disable("x-powered-by");
  if (front) app.use(front);

  const data = Router();
  data.use(express.json({ limit: "16kb" }));
  data.use("/notes", noteRoutes(notes));
  data.use("/visits", visitRoutes(visits));
  data.use("/events", eventRoutes(events));
  data.use("/mails", mailRoutes(mails));

  // Before the data: an upload that happens to be JSON is read as what it is.
  const releases = Router();
  releases.get("/about", (_request, response) => {
    response.json(who);
  });
  releases.use("/uploads", uploadRoutes());
  releases.use("/slow", slowRoutes(who));

  app.use("/api", releases, data);
  app.use(data);

  app.get("/", async (request, response) => {
    const facts = { ...who, ...(await counts()) };
    if (request.accepts("json", "html") === "html") response.send(page(facts, await notes.latest(10)));
    else response.json(facts);
  });

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
    if (error instanceof MissingStore) {
      response.status(503).json({ error: error.message });
      return;
    }
    log("request-failed", { method: request.method, path: request.path, message: error.message });
    response.status(503).set("Retry-After", "1").json({ error: "try again in a moment" });
  });

  return app;
}
