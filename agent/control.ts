import { chmod, rm } from "node:fs/promises";
import * as http from "node:http";
import type { Agent } from "./agent";
import { found } from "./founding";
import { handOver } from "./handover";
import type { Health } from "./health/health";
import { forceLeadership, replaceData } from "./operator";
import { restart } from "./restart";
import { status } from "./status";

/** Where this node's own scripts, and so operators, reach its agent: root, and PostgreSQL's user. */
export const controlSocket = "/run/trivet/agent.sock";

/** What can be asked, as "METHOD /path". Each answers with JSON, or fails with a sentence. */
function commands(agent: Agent, health: Health): Record<string, (query: URLSearchParams) => Promise<unknown>> {
  return {
    "GET /status": () => Promise.resolve(status(agent, health)),
    "POST /found": async () => ({ founded: await found(agent) }),
    "POST /switchover": (query) => handOver(agent, query.get("to") ?? undefined),
    "POST /restart": async () => ({ restarted: await restart(agent) }),
    "POST /force": async () => {
      await forceLeadership(agent);
      return status(agent, health);
    },
    "POST /reclone": async () => {
      await replaceData(agent);
      return status(agent, health);
    },
    "POST /drain": (query) => health.drain(query.get("by") ?? "", query.get("lasting") === "1"),
    "POST /undrain": (query) => health.undrain(query.get("by") ?? ""),
  };
}

/** @param socket default: where this node's scripts ask */
export async function control(agent: Agent, health: Health, socket = controlSocket): Promise<http.Server> {
  const known = commands(agent, health);
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://agent");
    const command = known[`${request.method} ${url.pathname}`];
    if (!command)
      return void response.writeHead(404).end(`${request.method} ${url.pathname} is nothing that an agent does.\n`);
    command(url.searchParams).then(
      (answer) => response.writeHead(200, { "content-type": "application/json" }).end(`${JSON.stringify(answer)}\n`),
      (error: Error) => response.writeHead(409).end(`${error.message}\n`),
    );
  });
  await rm(socket, { force: true });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await chmod(socket, 0o600);
  return server;
}
