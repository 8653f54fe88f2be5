import * as https from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Log } from "../log";
import type { Peer } from "../settings";
import { peerOf } from "./identity";
import type { Call, Calls } from "./messages";
import { agentPort } from "./port";

/** PEM. */
export interface Credentials {
  ca: string;
  cert: string;
  key: string;
}

export type Handlers = { [C in Call]: (body: Calls[C][0]) => Promise<Calls[C][1]> };

/** In which field a call names its sender, where it does: nobody speaks for another. */
const senders: Partial<Record<Call, string>> = {
  heartbeat: "leader",
  vote: "candidate",
  resign: "leader",
  found: "leader",
};

const longest = 256 * 1024;

/** Answers the other nodes' agents. */
export function serve(parts: {
  ip: string;
  nodes: Peer[];
  credentials: Credentials;
  handlers: Handlers;
  log: Log;
}): https.Server {
  const { ip, nodes, credentials, handlers, log } = parts;
  const server = https.createServer(
    { ...credentials, requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" },
    (request, response) => void answer(request, response),
  );
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const peer = peerOf(request.socket as TLSSocket, nodes);
      const call = (request.url ?? "").slice(1) as Call;
      const body = JSON.parse(await read(request)) as Record<string, unknown>;
      const handler = Object.hasOwn(handlers, call)
        ? (handlers[call] as (body: unknown) => Promise<unknown>)
        : undefined;
      if (!handler || request.method !== "POST") return void response.writeHead(404).end();
      const sender = senders[call];
      if (sender && body[sender] !== peer.name) throw new Error(`${peer.name} speaks for ${String(body[sender])}.`);
      const text = JSON.stringify(await handler(body));
      response.writeHead(200, { "content-type": "application/json" }).end(text);
    } catch (error) {
      log("refused", { from: request.socket.remoteAddress, message: (error as Error).message });
      response.writeHead(400).end((error as Error).message);
    }
  }
  server.on("tlsClientError", (error, socket) =>
    // Of a certificate that does not hold, the error only says that the connection has ended.
    log("refused", { from: socket.remoteAddress, message: String(socket.authorizationError ?? error.message) }),
  );
  // The address may come up after the agent.
  server.on("error", () => setTimeout(() => server.listen(agentPort, ip), 1000));
  server.listen(agentPort, ip);
  return server;
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    // Read to its end all the same: who is cut short hears no reason.
    if (length <= longest) parts.push(part);
  }
  if (length > longest) throw new Error(`A message may have ${longest} bytes; this one has ${length}.`);
  return Buffer.concat(parts).toString();
}
