import { createHash } from "node:crypto";
import { Router } from "express";

// As much as a stack can let nginx pass on (trivet:uploadLimitMiB), so the stack's own limit decides.
const LIMIT_BYTES = 1_024 * 1_024 * 1_024;

/**
 * Takes a body of any type, piece by piece, and says how long it was and its SHA-256. It keeps nothing, so memory does
 * not grow with the body.
 */
export function uploadRoutes(limit = LIMIT_BYTES) {
  const router = Router();

  router.post("/", async (request, response) => {
    const refuse = () => response.status(413).json({ error: `a body has at most ${limit} bytes` });
    if (Number(request.headers["content-length"] ?? 0) > limit) {
      refuse();
      return;
    }
    const hash = createHash("sha256");
    let size = 0;
    // Not destroyed: the answer needs the connection, and the server itself reads what is left of the body.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > limit) {
        refuse();
        return;
      }
      hash.update(chunk);
    }
    response.json({ size, sha256: hash.digest("hex") });
  });

  return router;
}
