import { randomUUID } from "node:crypto";
import { Router } from "express";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NAME_MAX_LENGTH = 100;
const NAMES_SHOWN = 100;

/** `events` has accept (see intake), count, counts, and waiting: how many redis holds that await their flush. */
export function eventRoutes(events) {
  const router = Router();

  router.post("/", async (request, response) => {
    const { id = randomUUID(), name } = request.body ?? {};
    if (typeof id !== "string" || !UUID.test(id)) {
      response.status(400).json({ error: "id must be a UUID, or left out" });
      return;
    }
    if (typeof name !== "string" || name.length === 0 || name.length > NAME_MAX_LENGTH || name.includes("\0")) {
      response.status(400).json({ error: `name must be a string of 1 to ${NAME_MAX_LENGTH} characters` });
      return;
    }
    const event = { id: id.toLowerCase(), name, at: new Date().toISOString() };
    response.status(202).json({ id: event.id, keptIn: await events.accept(event) });
  });

  router.get("/", async (_request, response) => {
    const [stored, waiting, counts] = await Promise.all([events.count(), events.waiting(), events.counts(NAMES_SHOWN)]);
    response.json({ stored, waiting, counts });
  });

  return router;
}
