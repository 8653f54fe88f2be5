import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import { checkCache, closeForGood, openCache, visitsIn } from "../src/cache.js";
import { healthy } from "../src/health.js";
import { makeCertificate, reply, serveRedis } from "./support/redis.js";

/** A master that demands a password, and can be demoted. */
function master(seen) {
  const state = { count: 0, readOnly: false, silent: false };
  const answer = ([name, ...words]) => {
    const command = name.toUpperCase();
    if (state.silent) return "";
    if (command === "HELLO") {
      seen.push(words.slice(2).join(" "));
      return reply.hello();
    }
    if (command === "INFO") return reply.text("role:master\r\nloading:0\r\n");
    if (command === "INCR") return state.readOnly ? reply.error("READONLY no writes") : reply.number(++state.count);
    if (command === "GET") return reply.text(String(state.count));
    return reply.text(command === "PING" ? "PONG" : "OK");
  };
  return { state, answer };
}

describe("visits in redis", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "cache-"));
  const certificate = makeCertificate(folder, "node");
  const stranger = makeCertificate(folder, "stranger");
  const seen = [];
  const old = master(seen);
  const next = master(seen);
  const servers = [];
  let current;
  let settings;

  before(async () => {
    const [oldServer, nextServer] = [
      await serveRedis(certificate, old.answer),
      await serveRedis(certificate, next.answer),
    ];
    current = oldServer;
    old.demote = () => {
      old.state.readOnly = true;
      current = nextServer;
    };
    old.promote = () => {
      old.state.readOnly = false;
      current = oldServer;
    };
    const sentinel = await serveRedis(certificate, ([name, ...words]) => {
      if (name.toUpperCase() === "HELLO") return reply.hello();
      if (words[0] === "get-master-addr-by-name") return reply.list(["127.0.0.1", String(current.port)]);
      return reply.text("OK");
    });
    servers.push(oldServer, nextServer, sentinel);
    settings = {
      sentinels: [{ host: "127.0.0.1", port: sentinel.port }],
      masterName: "main",
      username: "app",
      password: "secret",
      tls: { ca: certificate.cert },
    };
  });
  after(() => {
    servers.forEach((server) => server.close());
    rmSync(folder, { recursive: true });
  });

  it("finds the master through sentinel, over TLS, with its password", async () => {
    const redis = openCache(settings);
    const visits = visitsIn(redis);
    assert.equal(await visits.add(), 1);
    assert.equal(await visits.count(), 1);
    assert.ok(seen.some((words) => words.includes("app secret")));
    closeForGood(redis);
  });

  it("goes to the new master when the old one is demoted", async () => {
    const redis = openCache(settings);
    const visits = visitsIn(redis);
    await visits.count();
    old.demote();
    assert.equal(await visits.add(), 1);
    assert.equal(next.state.count, 1);
    closeForGood(redis);
  });

  it("leaves a master that vanished without a word", async () => {
    const redis = openCache(settings);
    const visits = visitsIn(redis);
    await visits.count();
    next.state.silent = true;
    old.promote();
    const before = old.state.count;
    assert.equal(await visits.add(), before + 1);
    closeForGood(redis);
  });

  it("comes back when sentinel names another master while it asks for one", async () => {
    next.state.silent = false;
    const redis = openCache(settings);
    await checkCache(redis);
    const ended = new Promise((resolve) => redis.once("end", resolve));
    // What ioredis' own detector of failovers does at sentinel's word.
    redis.once("connecting", () => setImmediate(() => redis.connector.disconnect()));
    redis.stream.destroy();
    await ended;
    while (!(await healthy([() => checkCache(redis)], 500))) await pause(50);
    closeForGood(redis);
    await pause(300);
    assert.equal(redis.status, "end");
  });

  it("shows its own certificate where sentinel and redis ask for one", async () => {
    const own = makeCertificate(folder, "app");
    const strict = { ...certificate, requestCert: true, rejectUnauthorized: true, ca: own.cert };
    const redisServer = await serveRedis(strict, master(seen).answer);
    const sentinel = await serveRedis(strict, ([name, ...words]) => {
      if (name.toUpperCase() === "HELLO") return reply.hello();
      if (words[0] === "get-master-addr-by-name") return reply.list(["127.0.0.1", String(redisServer.port)]);
      return reply.text("OK");
    });
    servers.push(redisServer, sentinel);
    const strictly = { ...settings, sentinels: [{ host: "127.0.0.1", port: sentinel.port }] };
    for (const [tls, welcome] of [
      [{ ca: certificate.cert, ...own }, true],
      [{ ca: certificate.cert }, false],
    ]) {
      const redis = openCache({ ...strictly, tls });
      assert.equal(await healthy([() => checkCache(redis)], 500), welcome);
      closeForGood(redis);
    }
  });

  it("talks to nobody whose certificate another authority made", async () => {
    const redis = openCache({ ...settings, tls: { ca: stranger.cert } });
    const logins = seen.length;
    assert.equal(await healthy([() => checkCache(redis)], 500), false);
    assert.equal(seen.length, logins);
    closeForGood(redis);
  });
});
