import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { WebSocket } from "ws";
import { spawnWorker, startWorker } from "./support/worker.js";

const { fetch } = globalThis;

describe("the process", () => {
  it("names every fault of its environment and ends with 1", async () => {
    const child = spawnWorker({ NODE_ENV: "production" });
    const [message, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    assert.equal(code, 1);
    for (const name of ["PORT", "DATABASE_URL", "REDIS_SENTINELS", "REDIS_CA_FILE"])
      assert.match(message, RegExp(name));
  });

  it("starts without its services, says 503, and stops cleanly on SIGTERM", async () => {
    const worker = await startWorker();
    assert.equal((await fetch(`${worker.url}/healthz`)).status, 503);
    assert.equal((await worker.stop()).code, 0);
  });

  it("answers on SIGTERM what is under way, and sends its websockets away with 1001", async () => {
    const worker = await startWorker();
    const socket = new WebSocket(`${worker.url}/api/live`.replace("http", "ws"));
    const closed = once(socket, "close");
    const [hello] = await once(socket, "message");
    assert.deepEqual(JSON.parse(hello), { type: "hello", node: "ash", worker: "0", release: "r1" });

    const slow = fetch(`${worker.url}/api/slow?seconds=2`);
    // It has the request when it answers a later one.
    await fetch(`${worker.url}/api/about`);
    const stopped = worker.stop();

    assert.equal((await closed)[0], 1001);
    const answer = await slow;
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("connection"), "close");
    assert.equal((await answer.json()).seconds, 2);
    const { code, logged } = await stopped;
    assert.equal(code, 0);
    assert.deepEqual(logged.at(-1), { event: "stopped", cut: 0 });
    await assert.rejects(fetch(`${worker.url}/api/about`));
  });

  it("breaks no request that comes in an open connection while it stops, not even one that may not be repeated", async () => {
    const worker = await startWorker();
    const broken = [];
    let answered = 0;

    async function ask() {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (;;) {
        const sent = request(`${worker.url}/api/uploads`, { agent, method: "POST" });
        sent.end("x".repeat(2_000));
        try {
          const [response] = await once(sent, "response");
          await text(response);
          answered++;
        } catch (error) {
          // A connection that was refused, or never taken, is one that a proxy makes to another worker.
          if (sent.reusedSocket) broken.push(error.code);
          else return;
        }
      }
    }
    const clients = Array.from({ length: 20 }, ask);
    while (answered < 200) await new Promise((resolve) => globalThis.setTimeout(resolve, 10));
    const { logged } = await worker.stop();
    await Promise.all(clients);
    assert.deepEqual(broken, []);
    assert.deepEqual(logged.at(-1), { event: "stopped", cut: 0 });
  });

  it("runs in development without any store, and says of each what would bring it", async () => {
    const worker = await startWorker({ NODE_ENV: "", DATABASE_URL: "", REDIS_SENTINELS: "" });
    const errorOf = async (path, options) => {
      const answer = await fetch(worker.url + path, options);
      assert.equal(answer.status, 503);
      return (await answer.json()).error;
    };
    assert.match(await errorOf("/api/notes"), /PostgreSQL.*DATABASE_URL/);
    assert.match(await errorOf("/api/visits", { method: "POST" }), /redis.*REDIS_URL/);
    const event = { method: "POST", body: '{"name":"view"}', headers: { "Content-Type": "application/json" } };
    assert.match(await errorOf("/api/events", event), /PostgreSQL/);
    assert.equal((await (await fetch(worker.url)).json()).notes, null);
    assert.equal((await worker.stop()).code, 0);
  });
});
