import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, describe, it } from "node:test";
import express from "express";
import { slowRoutes } from "../src/slow.js";

const { fetch } = globalThis;
const who = { node: "ash", worker: "3001", release: "r1" };

describe("a slow request", () => {
  let server;
  let url;

  before(async () => {
    const app = express();
    app.use("/api/slow", slowRoutes(who, 2));
    server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${server.address().port}/api/slow`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("is answered in the end", async () => {
    assert.deepEqual(await (await fetch(`${url}?seconds=1`)).json(), { ...who, seconds: 1 });
  });

  for (const seconds of ["0", "26", "1.5", "-1", "many", "", "1&seconds=2"]) {
    it(`of ${seconds || "no"} seconds is refused`, async () => {
      assert.equal((await fetch(`${url}?seconds=${seconds}`)).status, 400);
    });
  }

  it("has only so many beside it, and whoever hangs up makes room", async () => {
    const held = [1, 2, 3].map(() => request(`${url}?seconds=25`, { agent: false }));
    for (const sent of held) sent.on("error", () => {}).end();
    const [response] = await Promise.race(held.map((sent) => once(sent, "response")));
    assert.equal(response.statusCode, 429);
    for (const sent of held) sent.destroy();
    // The server learns of it a moment later.
    while ((await fetch(`${url}?seconds=1`)).status !== 200);
  });
});
