import { expect } from "chai";
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { Connection } from "../../../drills/load/http1";
import { pageRequest } from "../../../drills/load/requests";
import { loadSpec } from "../../../drills/load/spec";
import { loaded, one, steady } from "./support/load";
import { httpsSite, siteInThread, type Site } from "./support/sites";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const answer = (response: ServerResponse, value: object, status = 200) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
const about: Handler = (_request, response) => answer(response, { node: "ash", release: "r1" });

/** Has this process do nothing else for so many ms. */
function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe("a load's HTTP/1.1 clients", () => {
  let site: Site | undefined;
  let connections: number;

  async function serve(handler: Handler, more: (server: Server) => void = () => undefined): Promise<Site["target"]> {
    connections = 0;
    site = await httpsSite({
      on: (server) => {
        server.on("request", handler).on("secureConnection", () => connections++);
        more(server);
      },
    });
    return site.target;
  }
  /** Only the request of that number, from 1, goes another way. */
  const except =
    (number: number, other: Handler, seen = { count: 0 }): Handler =>
    (request, response) =>
      ++seen.count === number ? other(request, response) : about(request, response);

  afterEach(async () => {
    await site?.close();
    site = undefined;
  });

  it("connect to the address under the host's name, and count who answered", async () => {
    let seen: string | undefined;
    const target = await serve((request, response) => {
      seen = request.headers.host;
      about(request, response);
    });
    const { total, nodes, releases, asked } = await loaded({ ...target, requests: 5, traffic: { keepalive: steady } });
    expect(total).to.include({ requests: 5, ok: 5, failed: 0, unfinished: 0 });
    expect(total.latency!.p50).to.be.greaterThan(0).and.at.most(total.latency!.max);
    expect(seen).to.match(/^app\.trivet\.test:\d+$/);
    expect({ nodes, releases }).to.deep.equal({ nodes: { ash: 5 }, releases: { r1: 5 } });
    expect(asked).to.deep.equal({ "GET /api/about": { requests: 5, ok: 5, failed: 0 } });
  });

  it("know a node by headers too", async () => {
    const target = await serve((_request, response) =>
      response.writeHead(204, { "x-node": "birch", "x-release": "r2" }).end(),
    );
    const { nodes, releases } = await loaded({ ...target, requests: 2, traffic: { new: one } });
    expect({ nodes, releases }).to.deep.equal({ nodes: { birch: 2 }, releases: { r2: 2 } });
  });

  it("keep a connection, or make a new one for each request", async () => {
    const target = await serve(about);
    await loaded({ ...target, requests: 6, traffic: { keepalive: steady } });
    expect(connections).to.equal(1);
    await loaded({ ...target, requests: 6, traffic: { new: one } });
    expect(connections).to.equal(7);
  });

  it("keep a connection whose answer comes before the word that the request is written", async () => {
    const apart = await siteInThread();
    const spec = loadSpec(apart.target);
    let stale = 0;
    const connection = new Connection(spec, new AbortController().signal, () => stale++);
    for (let round = 0; round < 3; round++) {
      const answered = new Promise((resolve) => setTimeout(() => resolve(connection.send(pageRequest(spec))), 1));
      // In the same turn: TLS tells of what it has written at this turn's end, after what has come meanwhile.
      setTimeout(() => busy(100), 1);
      await answered;
    }
    connection.close();
    await apart.close();
    expect({ stale, connections: apart.connections() }).to.deep.equal({ stale: 0, connections: 1 });
  });

  it("arrive one after the other where they are told to", async () => {
    const target = await serve(about);
    const users = { clients: 10, perSecond: 1_000, idleSeconds: 0, arriveSeconds: 300 };
    await loaded({ ...target, traffic: { keepalive: users } }, pause(500));
    expect(connections).to.be.lessThan(10);
  });

  it("refuse a certificate that nobody of theirs has signed", async () => {
    const target = await serve(about);
    const { total } = await loaded({ ...target, ca: undefined, requests: 1, traffic: { new: one } });
    expect(total).to.include({ ok: 0, failed: 1 });
    expect(Object.keys(total.errors)[0]).to.match(/UNABLE_TO_VERIFY|SELF_SIGNED/);
  });

  it("POST their share, each with an id of its own, and none twice", async () => {
    const texts: string[] = [];
    const target = await serve((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        texts.push((JSON.parse(body) as { text: string }).text);
        answer(response, {}, 201);
      });
    });
    const posts = { postPath: "/notes", postShare: 1, run: "spring" };
    const { asked } = await loaded({ ...target, ...posts, requests: 20, traffic: { keepalive: steady, new: one } });
    expect(asked["POST /notes"]).to.include({ ok: 20 });
    expect(new Set(texts).size).to.equal(20);
    expect(texts.every((text) => text.startsWith("spring/"))).to.equal(true);
  });

  it("open another connection when the answer says close", async () => {
    const target = await serve((request, response) => {
      response.setHeader("connection", "close");
      about(request, response);
    });
    const { total } = await loaded({ ...target, requests: 3, traffic: { keepalive: steady } });
    expect(total).to.include({ ok: 3, failed: 0, stale: 0 });
    expect(connections).to.equal(3);
  });

  it("take no harm from a connection that is closed while it is idle, and tell of it", async () => {
    let idle: () => void = () => undefined;
    const target = await serve(about, (server) => (idle = () => server.closeIdleConnections()));
    let told: () => void;
    let stale = 0;
    const connection = new Connection(loadSpec(target), new AbortController().signal, () => {
      stale++;
      told();
    });
    for (let round = 0; round < 2; round++) {
      const closed = new Promise<void>((resolve) => (told = resolve));
      expect(await connection.send(pageRequest(loadSpec(target)))).to.include({ node: "ash" });
      idle();
      await closed;
    }
    connection.close();
    expect({ stale, connections }).to.deep.equal({ stale: 2, connections: 2 });
  });

  // The last is how many seconds the clients bear silence: only where it is there, since a busy host delays sound answers.
  const misbehaviours: [string, Handler, RegExp, number?][] = [
    ["a reset", () => site!.reset(), /ECONNRESET/],
    ["a connection that is closed without an answer", (request) => void request.socket.end(), /ECONNRESET/],
    ["an error's status", (_request, response) => answer(response, { node: "cedar" }, 502), /^status 502$/],
    ["a missing page", (_request, response) => answer(response, {}, 404), /^status 404$/],
    [
      "a body that is cut off",
      (request, response) => {
        response.writeHead(200, { "content-length": "1000" }).write("begun");
        setTimeout(() => request.socket.end(), 20);
      },
      /^truncated body/,
    ],
    [
      "a body in pieces that is cut off",
      (request, response) => {
        response.writeHead(200).write("begun");
        setTimeout(() => request.socket.end(), 20);
      },
      /^truncated body/,
    ],
    ["silence", () => undefined, /^no answer within 1 s$/, 1],
    [
      "an answer that stops",
      (_request, response) => void response.writeHead(200).write("begun"),
      /^no answer within 1 s$/,
      1,
    ],
  ];
  for (const [what, handler, error, timeoutSeconds] of misbehaviours)
    for (const kind of ["keepalive", "new"] as const)
      it(`count ${what} as one failure of ${kind}, and repeat nothing`, async () => {
        const seen = { count: 0 };
        const target = await serve(except(2, handler, seen));
        const traffic = { [kind]: kind === "new" ? one : steady };
        const { kinds, total, examples } = await loaded({ ...target, timeoutSeconds, requests: 4, traffic });
        expect(kinds[kind]).to.include({ requests: 4, ok: 3, failed: 1, repeated: 0, stale: 0 });
        expect(seen.count).to.equal(4);
        expect(Object.keys(total.errors)).to.have.lengthOf(1);
        expect(examples).to.have.lengthOf(1);
        expect(examples[0]!.error).to.match(error);
        expect(examples[0]).to.include({ kind, what: "GET /api/about" });
      });

  it("name the node of a failure where the answer does", async () => {
    const target = await serve((_request, response) => answer(response, { node: "cedar" }, 503));
    const { examples } = await loaded({ ...target, requests: 30, traffic: { keepalive: steady } });
    expect(examples).to.have.lengthOf(20);
    expect(examples[0]).to.include({ error: "status 503", node: "cedar" });
  });

  describe("that upload", () => {
    const settings = { ...one, megabytes: [0.2, 0.3] as [number, number], seconds: [0.05, 0.1] as [number, number] };
    const digest =
      (spoil: (said: { size: number; sha256: string }) => object): Handler =>
      (request, response) => {
        const hash = createHash("sha256");
        let size = 0;
        request.on("data", (part: Buffer) => {
          hash.update(part);
          size += part.length;
        });
        request.on("end", () => answer(response, spoil({ size, sha256: hash.digest("hex") }), 201));
      };

    it("compare the digest of what came", async () => {
      const digests = new Set<string>();
      const target = await serve(digest((said) => (digests.add(said.sha256), said)));
      const { kinds } = await loaded({ ...target, requests: 3, traffic: { upload: settings } });
      expect(kinds.upload).to.include({ ok: 3, failed: 0 });
      expect(digests.size).to.equal(3);
    });

    for (const [what, spoil, error] of [
      ["another digest", { sha256: "0".repeat(64) }, "another SHA-256 came"],
      ["another size", { size: 7 }, "another size came"],
    ] as const)
      it(`fail with ${what}`, async () => {
        const target = await serve(digest((said) => ({ ...said, ...spoil })));
        const { kinds } = await loaded({ ...target, requests: 1, traffic: { upload: settings } });
        expect(kinds.upload).to.deep.include({ failed: 1, errors: { [error]: 1 } });
      });

    it("take an answer that comes before the body's end for what it is", async () => {
      const target = await serve((_request, response) => {
        response.setHeader("connection", "close");
        answer(response, {}, 413);
      });
      const { kinds } = await loaded({ ...target, requests: 1, traffic: { upload: settings } });
      expect(kinds.upload!.failed).to.equal(1);
    });
  });

  it("keep slow requests in flight, and wait longer for them", async () => {
    const asked: string[] = [];
    const target = await serve((request, response) => {
      asked.push(request.url!);
      setTimeout(() => about(request, response), 1_000);
    });
    const slow = { clients: 2, seconds: 1 };
    const { kinds } = await loaded({ ...target, timeoutSeconds: 0.9, requests: 4, traffic: { slow } });
    expect(kinds.slow).to.include({ ok: 4, failed: 0 });
    expect(asked[0]).to.equal("/api/slow?seconds=1");
  });
});
