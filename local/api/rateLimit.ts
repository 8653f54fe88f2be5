import type { RequestHandler } from "express";

const limit = 5000;
const windowMs = 3_600_000;

/** The RateLimit headers of DigitalOcean's hourly limit, counted but never enforced: nothing else is on this host. */
export function rateLimitHeaders(): RequestHandler {
  let [ends, used] = [Date.now() + windowMs, 0];
  return (_request, response, next) => {
    if (Date.now() > ends) [ends, used] = [Date.now() + windowMs, 0];
    used += 1;
    response.set({
      "RateLimit-Limit": String(limit),
      "RateLimit-Remaining": String(Math.max(1, limit - used)),
      "RateLimit-Reset": String(Math.floor(ends / 1000)),
    });
    next();
  };
}
