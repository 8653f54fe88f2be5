import { setTimeout as pause } from "node:timers/promises";
import { Router } from "express";

/** In seconds; a worker that stops waits a little longer for its requests (serve.js). */
export const LONGEST = 25;
const DEFAULT = 20;

/** Answers after `?seconds=`: a request to have under way while a release goes out. At most `most` at once. */
export function slowRoutes(who, most = 50) {
  const router = Router();
  let underWay = 0;

  router.get("/", async (request, response) => {
    const { seconds = String(DEFAULT) } = request.query;
    if (!/^\d{1,2}$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > LONGEST) {
      response.status(400).json({ error: `seconds must be a whole number from 1 to ${LONGEST}` });
      return;
    }
    if (underWay >= most) {
      response
        .status(429)
        .set("Retry-After", String(LONGEST))
        .json({ error: `${most} of these are under way already` });
      return;
    }
    const gone = new globalThis.AbortController();
    response.once("close", () => gone.abort());
    underWay++;
    try {
      await pause(Number(seconds) * 1_000, undefined, { signal: gone.signal });
      response.json({ ...who, seconds: Number(seconds) });
    } catch (error) {
      // Whoever hung up wants no answer, and its place is free.
      if (error.name !== "AbortError") throw error;
    } finally {
      underWay--;
    }
  });

  return router;
}
