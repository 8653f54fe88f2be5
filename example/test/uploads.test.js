import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { json } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import express from "express";
import { uploadRoutes } from "../src/uploads.js";
import { startWorker } from "./support/worker.js";

const { fetch } = globalThis;
const MIB = 1024 * 1024;
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const onLinux = existsSync("/proc/self/status");

describe("an upload", () => {
  const limit = 1_000;
  let server;
  let url;

  before(async () => {
    const app = express();
    app.use("/api/uploads", uploadRoutes(limit));
    server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${server.address().port}/api/uploads`;
  });
  after(() => server.close());

  for (const [name, body, type] of [
    ["nothing", "", "text/plain"],
    ["text", "hello", "text/plain"],
    ["what looks like JSON and is none", "{", "application/json"],
    ["as much as may be", "x".repeat(limit), "application/octet-stream"],
  ]) {
    it(`of ${name} is measured`, async () => {
      const answer = await fetch(url, { method: "POST", body, headers: { "Content-Type": type } });
      assert.deepEqual(await answer.json(), { size: body.length, sha256: sha256(body) });
    });
  }

  it("that says it is too large is refused before it is sent", async () => {
    const sent = request(url, { method: "POST", headers: { "Content-Length": limit + 1 } });
    sent.flushHeaders();
    const [response] = await once(sent, "response");
    assert.equal(response.statusCode, 413);
    sent.destroy();
  });

  it("that turns out to be too large is refused while it comes", async () => {
    const sent = request(url, { method: "POST" });
    sent.write("x".repeat(limit + 1));
    const [response] = await once(sent, "response");
    assert.equal(response.statusCode, 413);
    sent.end();
  });

  it("goes through a worker without being held in its memory, whatever its type", { skip: !onLinux }, async () => {
    const worker = await startWorker();
    const piece = Buffer.alloc(MIB, "trivet");
    const sent = request(`${worker.url}/api/uploads`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
    });
    const answered = once(sent, "response");
    const hash = createHash("sha256");
    for (let count = 0; count < 400; count++) {
      hash.update(piece);
      if (!sent.write(piece)) await once(sent, "drain");
    }
    sent.end();
    const [response] = await answered;
    assert.deepEqual(await json(response), { size: 400 * MIB, sha256: hash.digest("hex") });
    const [, peakKib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${worker.pid}/status`, "utf8"));
    assert.ok(peakKib / 1024 < 300, `the worker took ${peakKib} KiB`);
    assert.equal((await worker.stop()).code, 0);
  });
});
