import { once } from "node:events";
import type { ServerResponse } from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import { expect } from "chai";
import { HttpsWire } from "../../../agent/wire/client";
import type { Resignation } from "../../../agent/wire/messages";
import { agentPort } from "../../../agent/wire/port";
import { serve, type Credentials, type Handlers } from "../../../agent/wire/server";
import { authority, type Authority } from "../support/certificates";
import { ash, birch, cedar, nodes } from "../support/nodes";

const resignation: Resignation = { term: 4, leader: "ash" };

describe("ash's call", () => {
  let ours: Authority;
  let own: Credentials;
  let cleanups: (() => void)[];
  before(async () => {
    ours = await authority();
    own = await ours.sign("ash", ash.ip);
  });
  beforeEach(() => (cleanups = []));
  afterEach(() => cleanups.forEach((cleanup) => cleanup()));

  /** Fails after a patience that no test reaches unless it is about that. */
  const wire = (patience = 10_000, credentials = own) => new HttpsWire(nodes, credentials, patience);
  const fault = (call: Promise<unknown>) =>
    call.then(
      (answer) => expect.fail(`It was answered: ${JSON.stringify(answer)}.`),
      (error: Error) => error.message,
    );

  /** An agent at birch's address. */
  async function agent(handlers: Partial<Handlers>, credentials?: Credentials): Promise<string[]> {
    const log: string[] = [];
    const server = serve({
      ...{ ip: birch.ip, nodes, handlers: handlers as Handlers },
      credentials: credentials ?? (await ours.sign("birch", birch.ip)),
      log: (_event, details = {}) => void log.push(String(details.message)),
    });
    cleanups.push(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, "listening");
    return log;
  }

  /** Something else at birch's address. */
  async function instead<Server extends net.Server>(server: Server, connected = "connection"): Promise<void> {
    const sockets = new Set<net.Socket>();
    server.on(connected, (socket: net.Socket) => void sockets.add(socket));
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    server.listen(agentPort, birch.ip);
    await once(server, "listening");
  }

  it("is answered", async () => {
    await agent({ resign: () => Promise.resolve({}), vote: (body) => Promise.resolve(body as never) });
    const client = wire();
    expect(await client.call("birch", "resign", resignation)).to.deep.equal({});
    const request = { term: 5, candidate: "ash", position: { term: 1, timeline: 1, lsn: "0/1" }, trial: true };
    expect(await client.call("birch", "vote", request)).to.deep.equal(request);
  });

  const together = <T>(count: number, call: () => Promise<T>) => Promise.all(Array.from({ length: count }, call));

  it("of many at once is answered each with its own", async () => {
    await agent({ found: ({ term }) => Promise.resolve({ term } as never) });
    const client = wire();
    const terms = [...Array(30).keys()];
    const answers = await Promise.all(terms.map((term) => client.call("birch", "found", { term, leader: "ash" })));
    expect(answers).to.deep.equal(terms.map((term) => ({ term })));
  });

  it("fails with the peer's reason", async () => {
    await agent({ found: () => Promise.reject(new Error("birch has data.")) });
    expect(await fault(wire().call("birch", "found", { term: 1, leader: "ash" }))).to.equal("birch: birch has data.");
    expect(await fault(wire().call("birch", "found", { term: 1, leader: "cedar" }))).to.equal(
      "birch: ash speaks for cedar.",
    );
  });

  it("that the peer does not know fails", async () => {
    await agent({});
    expect(await fault(wire().call("birch", "resign", resignation))).to.equal("birch: status 404");
  });

  it("fails when nobody is there", async () => {
    expect(await fault(wire().call("birch", "resign", resignation))).to.include("ECONNREFUSED");
  });

  it("is not for another node at the peer's address", async () => {
    let heard = 0;
    await agent(
      { resign: () => Promise.resolve({ heard: (heard += 1) } as never) },
      await ours.sign("cedar", cedar.ip),
    );
    expect(await fault(wire().call("birch", "resign", resignation)))
      .to.include(birch.ip)
      .and.to.include("altnames");
    expect(heard).to.equal(0);
  });

  it("is not for one whose certificate another authority signed", async () => {
    let heard = 0;
    const theirs = await (await authority("another authority")).sign("birch", birch.ip);
    await agent({ resign: () => Promise.resolve({ heard: (heard += 1) } as never) }, { ...theirs, ca: own.ca });
    expect(await fault(wire().call("birch", "resign", resignation))).to.match(/certificate/i);
    expect(heard).to.equal(0);
  });

  it("is not for the application at the peer's address", async () => {
    let heard = 0;
    await agent({ resign: () => Promise.resolve({ heard: (heard += 1) } as never) }, await ours.signApplication());
    expect(await fault(wire().call("birch", "resign", resignation))).to.include("unsuitable certificate purpose");
    expect(heard).to.equal(0);
  });

  it("with another's certificate is refused", async () => {
    await agent({ resign: () => Promise.resolve({}) });
    const client = wire(10_000, await ours.sign("cedar", cedar.ip));
    expect(await fault(client.call("birch", "resign", resignation))).to.equal(
      `birch: 127.0.0.1 shows the certificate of cedar, whose address is ${cedar.ip}.`,
    );
  });

  describe("does not wait for ever for a peer that", () => {
    const late = `${birch.ip} has not answered within 150 ms`;

    it("takes the connection and says nothing", async () => {
      await instead(net.createServer());
      expect(await fault(wire(150).call("birch", "resign", resignation))).to.equal(late);
    });

    it("takes the call and says nothing", async () => {
      await agent({ resign: () => new Promise(() => undefined) });
      expect(await fault(wire(150).call("birch", "resign", resignation))).to.equal(late);
    });

    it("begins an answer and does not end it", async () => {
      const server = https.createServer(await ours.sign("birch", birch.ip), (_request, response) => {
        response.writeHead(200, { "content-length": 100 });
        response.write('{"term":');
      });
      await instead(server);
      expect(await fault(wire(150).call("birch", "resign", resignation))).to.equal(late);
    });

    it("keeps all connections busy", async () => {
      await agent({ resign: () => new Promise(() => undefined) });
      const client = wire(150);
      const faults = await together(9, () => fault(client.call("birch", "resign", resignation)));
      expect(new Set(faults)).to.deep.equal(new Set([late]));
    });
  });

  it("is answered again after calls that were not", async () => {
    let answers = false;
    await agent({ resign: () => (answers ? Promise.resolve({}) : new Promise(() => undefined)) });
    const client = wire(1_000);
    await together(6, () => fault(client.call("birch", "resign", resignation)));
    answers = true;
    expect(await client.call("birch", "resign", resignation)).to.deep.equal({});
  });

  it("fails when the answer breaks off, or is none", async () => {
    let answer = (response: ServerResponse) => void response.socket?.destroy();
    const server = https.createServer(await ours.sign("birch", birch.ip), (_request, response) => answer(response));
    await instead(server);
    expect(await fault(wire().call("birch", "resign", resignation))).to.match(/hang up|ECONNRESET/);
    answer = (response) => void response.end("<html>");
    expect(await fault(wire().call("birch", "resign", resignation))).to.include("JSON");
  });
});
