import { chmod, rm } from "node:fs/promises";
import * as http from "node:http";
import type { Log } from "../log";
import type { Check } from "./balancer";

/** Where this node's nginx asks for the load balancer. */
export const healthSocket = "/run/trivet/health.sock";

/** Answers GET /health with 204 or 503, at once and without a body. A fault of its socket is tried again, and ends nothing. */
export function serveHealth(parts: { socket: string; answer: (check: Check) => boolean; log: Log }): http.Server {
  const { socket, answer, log } = parts;
  const server = http.createServer((request, response) => {
    const known = new URL(request.url ?? "/", "http://node").pathname === "/health" && request.method === "GET";
    const status = !known
      ? 404
      : answer({ from: header(request, "x-balancer"), client: header(request, "x-client") })
        ? 204
        : 503;
    response.writeHead(status, { "cache-control": "no-store", ...(status !== 204 && { "content-length": 0 }) }).end();
  });
  const logged = (error: Error) => log("error", { message: `the health answer: ${error.message}` });
  const listen = () => rm(socket, { force: true }).then(() => void server.listen(socket), failed);
  const failed = (error: Error) => {
    logged(error);
    setTimeout(() => void listen(), 1_000);
  };
  server.on("error", failed);
  // nginx runs as another user.
  server.on("listening", () => void chmod(socket, 0o666).catch(logged));
  void listen();
  return server;
}

function header(request: http.IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}
