import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { createApp } from "../src/app.js";

const { fetch } = globalThis;

/** Storage in memory, and a switch to make it fail. */
function memory() {
  const rows = [];
  let visits = 0;
  const store = {
    down: false,
    notes: {
      add: async (text) => (available(), rows.unshift({ id: rows.length + 1, text }), rows[0]),
      latest: async (limit) => (available(), rows.slice(0, limit)),
      count: async () => (available(), rows.length),
    },
    visits: { add: async () => (available(), ++visits), count: async () => (available(), visits) },
    check: async () => available(),
  };
  const available = () => {
    if (store.down) throw new Error("down");
  };
  return store;
}

describe("the application", () => {
  const store = memory();
  let server;
  let url;

  before(async () => {
    const who = { node: "ash", worker: "3001", release: "r1" };
    server = createApp({ who, notes: store.notes, visits: store.visits, checks: [store.check] }).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => server.close());

  const post = (path, body) =>
    fetch(url + path, { method: "POST", body, headers: { "Content-Type": "application/json" } });

  it("keeps a note", async () => {
    const answer = await post("/notes", JSON.stringify({ text: "<b>hello</b>" }));
    assert.equal(answer.status, 201);
    assert.deepEqual(await answer.json(), { id: 1, text: "<b>hello</b>" });
    assert.deepEqual(await (await fetch(`${url}/notes`)).json(), [{ id: 1, text: "<b>hello</b>" }]);
  });

  for (const body of [
    "{}",
    '{"text":""}',
    '{"text":7}',
    '{"text":"\\u0000"}',
    "not json",
    `{"text":"${"x".repeat(1001)}"}`,
  ]) {
    it(`refuses ${body.slice(0, 20)}`, async () => {
      assert.equal((await post("/notes", body)).status, 400);
    });
  }

  it("counts visits", async () => {
    assert.deepEqual(await (await post("/visits")).json(), { visits: 1 });
    assert.deepEqual(await (await fetch(`${url}/visits`)).json(), { visits: 1 });
  });

  it("says who answered, to programs and to people", async () => {
    const facts = { node: "ash", worker: "3001", release: "r1", notes: 1, visits: 1 };
    assert.deepEqual(await (await fetch(url)).json(), facts);
    const html = await (await fetch(url, { headers: { Accept: "text/html,*/*;q=0.8" } })).text();
    assert.match(html, /<td>ash<\/td>/);
    assert.match(html, /&lt;b&gt;hello/);
  });

  it("answers 404 for anything else", async () => {
    assert.equal((await fetch(`${url}/nothing`)).status, 404);
  });

  it("is healthy exactly while its services are, and says nothing about why", async () => {
    assert.equal((await fetch(`${url}/healthz`)).status, 204);
    store.down = true;
    const answer = await fetch(`${url}/healthz`);
    assert.equal(answer.status, 503);
    assert.equal(await answer.text(), "");
    assert.equal((await fetch(url)).status, 503);
    store.down = false;
  });
});
