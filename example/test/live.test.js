import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { WebSocket } from "ws";
import { openLive } from "../src/live.js";

const who = { node: "ash", worker: "3001", release: "r1" };

describe("the websocket /api/live", () => {
  let server;
  let live;
  let port;
  let counts = { notes: 1 };
  const clients = [];

  before(async () => {
    server = createServer();
    live = openLive(server, { who, counts: async () => counts, lookMs: 10, pingMs: 50 });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = server.address().port;
  });
  after(async () => {
    for (const client of clients) client.terminate();
    await live.close();
    server.close();
  });

  /** A client, and what it heard. */
  function open({ path = "/api/live", ...options } = {}) {
    const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
    const heard = [];
    client.on("message", (data) => heard.push(JSON.parse(data)));
    client.on("error", () => {});
    clients.push(client);
    return { client, heard };
  }
  async function until(condition) {
    while (!condition()) await new Promise((resolve) => globalThis.setTimeout(resolve, 5));
  }
  const statusOf = async (options) => {
    const [request, response] = await once(open(options).client, "unexpected-response");
    request.destroy();
    return response.statusCode;
  };

  it("says who answers, then the counts, and again only when they changed", async () => {
    const { heard } = open();
    const ofCounts = () => heard.filter(({ type }) => type === "counts");
    await until(() => ofCounts().length === 1);
    assert.deepEqual(heard[0], { type: "hello", ...who });
    counts = { notes: 2 };
    await until(() => ofCounts().length === 2);
    assert.deepEqual(
      ofCounts().map(({ notes }) => notes),
      [1, 2],
    );
  });

  it("shows that it is there, to the page and to the connection", async () => {
    const { client, heard } = open();
    await Promise.all([once(client, "ping"), until(() => heard.some(({ type }) => type === "ping"))]);
  });

  it("drops a client that answers no ping", async () => {
    const { client } = open({ autoPong: false });
    const [code] = await once(client, "close");
    assert.equal(code, 1006);
  });

  it("is for pages of the same name, and for programs", async () => {
    assert.equal(await statusOf({ origin: "https://evil.test" }), 403);
    assert.equal(await statusOf({ origin: "null" }), 403);
    await once(open({ origin: "https://127.0.0.1" }).client, "open");
  });

  it("is at one path only", async () => {
    assert.equal(await statusOf({ path: "/api/other" }), 404);
  });

  it("sends everybody away with 1001 when the worker stops, waits for nobody in particular, and takes no more", async () => {
    const { client } = open();
    const deaf = open();
    await Promise.all([once(client, "open"), once(deaf.client, "open")]);
    deaf.client.pause();
    const closed = once(client, "close");
    await live.close();
    assert.equal((await closed)[0], 1001);
    const [error] = await once(open().client, "error");
    assert.match(error.message, /socket hang up/);
  });
});
