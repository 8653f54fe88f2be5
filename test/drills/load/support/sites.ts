import { once } from "node:events";
import * as http2 from "node:http2";
import * as https from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { authority, type Authority } from "../../../agent/support/certificates";

const host = "app.trivet.test";
let signer: Promise<Authority> | undefined;

/** What a load is told of a server of this test: a name that only its own certificate knows, at this host's address. */
export interface Site {
  target: { url: string; address: string; ca: string };
  /** Resets all connections. */
  reset(): void;
  close(): Promise<void>;
}

/** An HTTPS server under a name that resolves nowhere. */
export async function httpsSite(answer: https.ServerOptions & { on: (server: https.Server) => void }): Promise<Site> {
  const { on, ...options } = answer;
  const server = https.createServer({ ...(await credentials()), ...options });
  on(server);
  return site(server);
}

/** An HTTP/2 server under that name, which answers HTTP/1.1 too. */
export async function http2Site(on: (server: http2.Http2SecureServer) => void): Promise<Site> {
  const server = http2.createSecureServer({ ...(await credentials()), allowHTTP1: true });
  // What is broken on purpose is no fault of this server's.
  server.on("session", (session) => session.on("error", () => undefined));
  server.on("stream", (stream) => stream.on("error", () => undefined));
  on(server);
  return site(server);
}

/** An HTTPS server in a thread of its own, which answers while this one is busy. It tells how many connections it got. */
export async function siteInThread(): Promise<Pick<Site, "target" | "close"> & { connections: () => number }> {
  const { key, cert, ca } = await credentials();
  const program = `
    const { parentPort, workerData } = require("node:worker_threads");
    const server = require("node:https").createServer(workerData, (request, response) => response.end("{}"));
    server.on("secureConnection", () => parentPort.postMessage("connection"));
    server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`;
  const worker = new Worker(program, { eval: true, workerData: { key, cert } });
  const [port] = (await once(worker, "message")) as [number];
  let connections = 0;
  worker.on("message", () => connections++);
  return {
    target: { url: `https://${host}:${port}`, address: "127.0.0.1", ca },
    connections: () => connections,
    close: async () => void (await worker.terminate()),
  };
}

async function credentials() {
  signer ??= authority();
  return (await signer).sign(host, "192.0.2.1");
}

async function site(server: Server): Promise<Site> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined));
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("secureConnection", (socket: Socket) => socket.on("error", () => undefined));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    target: { url: `https://${host}:${port}`, address: "127.0.0.1", ca: (await credentials()).ca },
    reset: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
