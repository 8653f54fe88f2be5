import { once } from "node:events";
import * as http from "node:http";
import * as net from "node:net";
import { expect } from "chai";
import { askWorker, askWorkers } from "../../../../agent/health/probes/workers";

describe("a worker", () => {
  let servers: net.Server[];
  let sockets: Set<net.Socket>;
  beforeEach(() => {
    servers = [];
    sockets = new Set();
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });

  async function listen(server: net.Server): Promise<number> {
    servers.push(server);
    server.on("connection", (socket: net.Socket) => void sockets.add(socket));
    await once(server.listen(0, "127.0.0.1"), "listening");
    return (server.address() as net.AddressInfo).port;
  }
  const answering = (status: number, asked: string[] = []) =>
    listen(
      http.createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        response.writeHead(status).end("x".repeat(100_000));
      }),
    );

  for (const [status, state] of [
    [200, "well"],
    [204, "well"],
    [299, "well"],
    [301, "unwell"],
    [404, "unwell"],
    [500, "unwell"],
    [503, "unwell"],
  ] as const)
    it(`that answers ${status} is ${state}`, async () => {
      const asked: string[] = [];
      expect(await askWorker(await answering(status, asked), "/healthz?deep=1", 10_000)).to.equal(state);
      expect(asked).to.deep.equal(["GET /healthz?deep=1"]);
    });

  it("that takes the connection and says nothing is unwell", async () => {
    expect(await askWorker(await listen(net.createServer()), "/", 100)).to.equal("unwell");
  });

  it("that begins an answer in time is what it says", async () => {
    const server = http.createServer((_request, response) => void response.writeHead(200).write("a"));
    expect(await askWorker(await listen(server), "/", 10_000)).to.equal("well");
  });

  it("that is not there is dead", async () => {
    const port = await answering(200);
    await new Promise((resolve) => servers[0]!.close(resolve));
    expect(await askWorker(port, "/", 10_000)).to.equal("dead");
  });

  it("that breaks off, or speaks no HTTP, is dead", async () => {
    const breaking = net.createServer((socket) => void socket.on("data", () => socket.destroy()));
    expect(await askWorker(await listen(breaking), "/", 10_000)).to.equal("dead");
    const strange = net.createServer((socket) => void socket.on("error", () => undefined).end("220 mail\r\n"));
    expect(await askWorker(await listen(strange), "/", 10_000)).to.equal("dead");
  });

  it("is asked beside the others, each by its port", async () => {
    const [well, unwell, dead] = [await answering(200), await answering(500), await answering(200)];
    await new Promise((resolve) => servers[2]!.close(resolve));
    expect(await askWorkers([well, unwell, dead], "/", 10_000)).to.deep.equal({
      [well]: "well",
      [unwell]: "unwell",
      [dead]: "dead",
    });
    expect(await askWorkers([], "/", 10_000)).to.deep.equal({});
  });
});
