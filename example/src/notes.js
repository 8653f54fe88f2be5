import { Router } from "express";

const MAX_LENGTH = 1_000;
const SHOWN = 100;

/** `notes` has add and latest (see database.js). */
export function noteRoutes(notes) {
  const router = Router();

  router.get("/", async (_request, response) => {
    response.json(await notes.latest(SHOWN));
  });

  router.post("/", async (request, response) => {
    const text = request.body?.text;
    if (typeof text !== "string" || text.length === 0 || text.length > MAX_LENGTH || text.includes("\0")) {
      response.status(400).json({ error: `text must be a string of 1 to ${MAX_LENGTH} characters` });
      return;
    }
    response.status(201).json(await notes.add(text));
  });

  return router;
}
