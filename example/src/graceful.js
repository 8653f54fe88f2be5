import { Server } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

const LINGER_MS = 500;
const SWEEP_MS = 50;

/**
 * Follows an HTTP server's requests, so that it can end without breaking one. `finish` takes no new connection, answers
 * what is under way and what the connections that there are bring in the next half second, and resolves, when the last
 * request is answered or `forMs` have passed, to how many it had to cut off.
 */
export function graceful(server) {
  const answers = new Set();
  let ending = false;

  server.prependListener("request", (_request, response) => {
    answers.add(response);
    response.once("close", () => answers.delete(response));
    if (ending) closeAfter(response);
  });

  return async function finish(forMs) {
    const deadline = performance.now() + forMs;
    ending = true;
    for (const response of answers) closeAfter(response);
    // An HTTP server's own close would end idle connections too, and a proxy may just be sending a request into one. So
    // the connections in use are closed by their next answer, which says so, and only those that stay silent by us.
    const closed = new Promise((resolve) => Server.prototype.close.call(server, resolve));
    await pause(LINGER_MS);
    while (answers.size > 0 && performance.now() < deadline) {
      await pause(SWEEP_MS);
      server.closeIdleConnections();
    }
    const cut = answers.size;
    server.closeAllConnections();
    await closed;
    return cut;
  };
}

function closeAfter(response) {
  if (!response.headersSent) response.setHeader("Connection", "close");
}
