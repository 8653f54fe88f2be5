import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { URL } from "node:url";
import express from "express";
import { parse } from "yaml";
import { devSites } from "../../tools/devSites.js";

const root = mkdtempSync(path.join(tmpdir(), "sites-"));

describe("the sites in development", () => {
  let server;

  before(async () => {
    for (const [file, content] of Object.entries({
      "site/index.html": "<html>start",
      "site/404.html": "<html>nothing",
      "admin/dist/index.html": '<html><script nonce="__CSP_NONCE__">',
      "admin/dist/assets/main.AAAAAAAA.js": "script",
    })) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), content);
    }
    const { sites } = parse(readFileSync(new URL("../../trivet.yaml", import.meta.url), "utf8"));
    const app = express();
    app.use(devSites(root, sites));
    app.use((_request, response) => response.send("the application"));
    server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => {
    server.close();
    rmSync(root, { recursive: true });
  });

  async function ask(host, where) {
    const sent = get({
      host: "127.0.0.1",
      port: server.address().port,
      path: where,
      headers: { Host: host },
      agent: false,
    });
    const [response] = await once(sent, "response");
    return {
      status: response.statusCode,
      policy: response.headers["content-security-policy"],
      body: await text(response),
    };
  }

  it("are the application's where trivet.yaml says nothing else", async () => {
    for (const [host, where] of [
      ["localhost:3000", "/"],
      ["admin.localhost:3000", "/api/notes"],
      ["other.localhost", "/"],
    ]) {
      assert.equal((await ask(host, where)).body, "the application");
    }
  });

  it("are files, with a page for what is not there", async () => {
    assert.equal((await ask("www.localhost", "/")).body, "<html>start");
    const { status, body } = await ask("www.localhost", "/nothing");
    assert.deepEqual([status, body], [404, "<html>nothing"]);
    assert.equal((await ask("www.localhost", "/api/about")).status, 404);
  });

  it("give a single-page application's page for every path, each time with another nonce", async () => {
    const nonces = new Set();
    for (const where of ["/", "/notes", "/index.html", "/a/b"]) {
      const { status, policy, body } = await ask("admin.localhost", where);
      const [, nonce] = /nonce="(.+)"/.exec(body);
      assert.equal(status, 200);
      assert.ok(policy.includes(`'nonce-${nonce}'`));
      nonces.add(nonce);
    }
    assert.equal(nonces.size, 4);
    assert.ok(!nonces.has("__CSP_NONCE__"));
  });

  it("give its files, and 404 for a file that is not there", async () => {
    assert.equal((await ask("admin.localhost", "/assets/main.AAAAAAAA.js")).body, "script");
    assert.equal((await ask("admin.localhost", "/assets/main.BBBBBBBB.js")).status, 404);
  });
});
