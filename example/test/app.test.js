import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { createApp } from "../src/app.js";
import { countsOf } from "../src/counts.js";
import { memory } from "./support/memory.js";

const { fetch } = globalThis;

describe("the application", () => {
  const store = memory();
  let server;
  let url;

  before(async () => {
    const who = { node: "ash", worker: "3001", release: "r1" };
    const app = createApp({ who, counts: countsOf(store), ...store, checks: [store.check] });
    server = app.listen(0, "127.0.0.1");
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

  it("accepts events, and knows one again by its id", async () => {
    const id = "0b0e7d5a-1f63-4c53-9d0e-5f2a0c1b2d3e";
    for (const given of [id, id.toUpperCase()]) {
      const answer = await post("/events", JSON.stringify({ id: given, name: "view" }));
      assert.equal(answer.status, 202);
      assert.deepEqual(await answer.json(), { id, keptIn: "redis" });
    }
    assert.equal((await post("/events", '{"name":"like"}')).status, 202);
    const counts = [
      { name: "view", count: 1 },
      { name: "like", count: 1 },
    ];
    assert.deepEqual(await (await fetch(`${url}/events`)).json(), { stored: 2, waiting: 0, counts });
  });

  for (const body of ["{}", '{"name":""}', '{"name":"\\u0000"}', '{"name":7}', '{"id":"7","name":"view"}']) {
    it(`refuses the event ${body}`, async () => {
      assert.equal((await post("/events", body)).status, 400);
    });
  }

  it("takes a job's mail once", async () => {
    const mail = JSON.stringify({ job: "report:1", subject: "Report", text: "All is well." });
    const first = await post("/mails", mail);
    assert.equal(first.status, 202);
    assert.deepEqual(await first.json(), { job: "report:1", state: "waiting" });
    assert.equal((await post("/mails", mail)).status, 200);
    assert.equal((await (await fetch(`${url}/mails`)).json()).waiting, 2);
  });

  for (const [field, value] of [
    ["job", "a/b"],
    ["subject", "two\nlines"],
    ["text", ""],
  ]) {
    it(`refuses a mail with ${field} ${JSON.stringify(value)}`, async () => {
      const mail = { job: "a", subject: "a", text: "a", [field]: value };
      const answer = await post("/mails", JSON.stringify(mail));
      assert.equal(answer.status, 400);
      assert.match((await answer.json()).error, RegExp(`^${field} `));
    });
  }

  it("lets a person decide about a mail in doubt, and about no other", async () => {
    const decide = (job, state) =>
      fetch(`${url}/mails/${job}/state`, {
        method: "PUT",
        body: JSON.stringify({ state }),
        headers: { "Content-Type": "application/json" },
      });
    assert.equal((await decide("report:1", "sent")).status, 409);
    assert.equal((await decide("doubted", "doubtful")).status, 400);
    assert.equal((await decide("doubted", "waiting")).status, 200);
  });

  it("says who answered, to programs and to people", async () => {
    const counts = { notes: 1, visits: 1, events: 2, eventsWaiting: 0, mailsSent: 0, mailsWaiting: 2, mailsInDoubt: 0 };
    const facts = { node: "ash", worker: "3001", release: "r1", ...counts };
    assert.deepEqual(await (await fetch(url)).json(), facts);
    const html = await (await fetch(url, { headers: { Accept: "text/html,*/*;q=0.8" } })).text();
    assert.match(html, /<td>ash<\/td>/);
    assert.match(html, /&lt;b&gt;hello/);
  });

  it("says under /api who answers, and has the same routes there", async () => {
    assert.deepEqual(await (await fetch(`${url}/api/about`)).json(), { node: "ash", worker: "3001", release: "r1" });
    assert.equal((await post("/api/notes", '{"text":"from the page"}')).status, 201);
    assert.deepEqual(await (await fetch(`${url}/api/notes`)).json(), await (await fetch(`${url}/notes`)).json());
    for (const path of ["visits", "events", "mails"]) assert.equal((await fetch(`${url}/api/${path}`)).status, 200);
  });

  it("answers 404 for anything else", async () => {
    for (const path of ["/nothing", "/api", "/api/nothing"]) {
      assert.equal((await fetch(`${url}${path}`)).status, 404);
    }
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
