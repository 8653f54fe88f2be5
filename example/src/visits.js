import { Router } from "express";

/** `visits` has add and count (see cache.js). */
export function visitRoutes(visits) {
  const router = Router();

  router.get("/", async (_request, response) => {
    response.json({ visits: await visits.count() });
  });

  router.post("/", async (_request, response) => {
    response.json({ visits: await visits.add() });
  });

  return router;
}
