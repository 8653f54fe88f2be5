import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { closeForGood, openCache } from "../../src/cache.js";
import { journalIn, openJournal } from "../../src/events/journal.js";
import { makeCertificate, reply, serveRedis } from "../support/redis.js";

const event = { id: "a", name: "view", at: "2020-01-01T00:00:00.000Z" };

describe("the journal in redis", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "journal-"));
  const certificate = makeCertificate(folder, "node");
  const master = {};
  const servers = [];
  let cache;
  let connection;

  before(async () => {
    const redis = await serveRedis(certificate, ([name, ...words]) => {
      const command = name.toUpperCase();
      if (command === "HELLO") return reply.hello();
      if (command === "INFO") return reply.text("role:master\r\nloading:0\r\n");
      if (["HSET", "WAIT"].includes(command)) {
        master.seen.push([command, ...words].join(" "));
        return master[command]();
      }
      return reply.text("OK");
    });
    const sentinel = await serveRedis(certificate, ([name, ...words]) => {
      if (name.toUpperCase() === "HELLO") return reply.hello();
      if (words[0] === "get-master-addr-by-name") return reply.list(["127.0.0.1", String(redis.port)]);
      return reply.text("OK");
    });
    servers.push(redis, sentinel);
    const sentinels = [{ host: "127.0.0.1", port: sentinel.port }];
    cache = openCache({ sentinels, masterName: "main", tls: { ca: certificate.cert } });
  });
  afterEach(() => closeForGood(connection));
  after(() => {
    closeForGood(cache);
    servers.forEach((server) => server.close());
    rmSync(folder, { recursive: true });
  });

  /** A journal on a connection of its own, with a master that gives these answers. */
  async function openWith(answers, replicas = 2) {
    Object.assign(master, { seen: [], HSET: () => reply.number(1), WAIT: () => reply.number(2) }, answers);
    connection = openJournal(cache);
    await once(connection, "ready");
    return journalIn({ connection, cache, replicas });
  }
  it("has an event when every replica has it", async () => {
    const journal = await openWith({});
    await journal.append([event]);
    assert.deepEqual(master.seen, [`HSET events a ${JSON.stringify(event)}`, "WAIT 2 500"]);
  });

  for (const [name, answers, replicas, expected] of [
    ["one replica of two has it", { WAIT: () => reply.number(1) }, 2, /1 of 2 replicas/],
    ["no replica has it", { WAIT: () => reply.number(0) }, 2, /0 of 2 replicas/],
    ["redis is full", { HSET: () => reply.error("OOM command not allowed") }, 2, /OOM/],
    ["the master has no replica left", { HSET: () => reply.error("NOREPLICAS not enough") }, 2, /NOREPLICAS/],
    ["there has never been one", {}, 0, /no replica/],
    ["the master does not answer", { WAIT: () => "" }, 2, /timed out/],
  ]) {
    it(`is in doubt when ${name}`, async () => {
      const journal = await openWith(answers, replicas);
      await assert.rejects(journal.append([event]), expected);
    });
  }

  it("never asks WAIT on a connection on which the event was not written", async () => {
    const journal = await openWith({
      WAIT: () => {
        servers[0].hangUp();
        // What any other connection would hear: there is nothing of it that a replica lacks.
        master.WAIT = () => reply.number(2);
        return "";
      },
    });
    await assert.rejects(journal.append([event]));
    await once(connection, "ready");
    assert.equal(master.seen.length, 2);
    await journal.append([event]);
  });

  it("fails at once while there is no connection", async () => {
    const journal = await openWith({});
    closeForGood(connection);
    await assert.rejects(journal.append([event]));
    assert.deepEqual(master.seen, []);
  });
});
