import { chmod, rm } from "node:fs/promises";
import * as http from "node:http";
import type { Agent } from "./agent";
import { found } from "./founding";
import { handOver } from "./handover";
import { forceLeadership, replaceData } from "./operator";
import { restart } from "./restart";
import { status } from "./status";

/** Where this node's own scripts, and so operators, reach its agent: root, and PostgreSQL's user. */
export const controlSocket = "/run/trivet/agent.sock";

/** What can be asked, as "METHOD /path". Each answers with JSON, or fails with a sentence. */
function commands(agent: Agent): Record<string, (query: URLSearchParams) => Promise<unknown>> {
  return {
    "GET /status": () => Promise.resolve(status(agent)),
    "POST /found": async () => ({ founded: await found(agent) }),
    "POST /switchover": (query) => handOver(agent, query.get("to") ?? undefined),
    "POST /restart": async () => ({ restarted: await restart(agent) }),
    "POST /force": async () => {
      await forceLeadership(agent);
      return status(agent);
    },
    "POST /reclone": async () => {
      await replaceData(agent);
      return status(agent);
    },
  };
}

export async function control(agent: Agent): Promise<http.Server> {
  const known = commands(agent);
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
  await rm(controlSocket, { force: true });
  await new Promise<void>((resolve) => server.listen(controlSocket, resolve));
  await chmod(controlSocket, 0o600);
  return server;
}
