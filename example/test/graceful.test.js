import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, get } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { graceful } from "../src/graceful.js";

/** A server that answers /quick at once, and everything else when the function in `waiting` is called. */
async function serve() {
  const waiting = [];
  const server = createServer((request, response) => {
    if (request.url === "/quick") response.end("quick");
    else waiting.push(() => response.end("slow"));
  });
  const finish = graceful(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const ask = async (path, agent) => {
    const [response] = await once(get({ host: "127.0.0.1", port, path, agent }), "response");
    return { connection: response.headers.connection, body: await text(response) };
  };
  return { server, finish, port, ask, waiting };
}

async function until(condition) {
  while (!condition()) await new Promise((resolve) => globalThis.setTimeout(resolve, 5));
}

describe("the end of a server", () => {
  it("answers what is under way, with the word that the connection ends", async () => {
    const { finish, ask, waiting } = await serve();
    const agent = new Agent({ keepAlive: true });
    const answer = ask("/slow", agent);
    await until(() => waiting.length === 1);
    const finished = finish(10_000);
    waiting[0]();
    assert.deepEqual(await answer, { connection: "close", body: "slow" });
    assert.equal(await finished, 0);
  });

  it("answers a request that was on its way in an idle connection", async () => {
    const { finish, ask } = await serve();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    assert.equal((await ask("/quick", agent)).connection, "keep-alive");
    const finished = finish(10_000);
    assert.deepEqual(await ask("/quick", agent), { connection: "close", body: "quick" });
    assert.equal(await finished, 0);
  });

  it("ends idle connections, and such as never asked for anything, without a reset", async () => {
    const { finish, port } = await serve();
    const silent = connect(port, "127.0.0.1");
    await once(silent, "connect");
    const used = connect(port, "127.0.0.1");
    used.write("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(used, "data");
    const ends = [silent, used].map((socket) => once(socket.resume(), "end"));
    assert.equal(await finish(10_000), 0);
    await Promise.all(ends);
  });

  it("cuts off what takes too long, and says how many", async () => {
    const { finish, ask, waiting } = await serve();
    const answer = assert.rejects(ask("/slow"), { code: "ECONNRESET" });
    await until(() => waiting.length === 1);
    assert.equal(await finish(0), 1);
    await answer;
  });
});
