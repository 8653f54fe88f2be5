import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { readMigrationUrl, readSettings } from "../src/settings.js";

const ca = path.join(mkdtempSync(path.join(tmpdir(), "settings-")), "ca.crt");
writeFileSync(ca, "certificate");

const complete = {
  NODE_ENV: "production",
  PORT: "3001",
  DATABASE_URL: "postgres://app:secret@127.0.0.1:6432/app",
  REDIS_SENTINELS: "10.0.0.2:26379, 10.0.0.3:26379",
  REDIS_MASTER_NAME: "main",
  REDIS_CA_FILE: ca,
};

const faultsOf = (env) => {
  try {
    readSettings(env, "/srv/app/releases/r1");
  } catch (error) {
    return error.faults;
  }
  return [];
};

describe("settings", () => {
  after(() => rmSync(path.dirname(ca), { recursive: true }));

  it("fills in what may be left out", () => {
    const settings = readSettings(complete, "/srv/app/releases/r1");
    assert.equal(settings.host, "127.0.0.1");
    assert.equal(settings.worker, "3001");
    assert.equal(settings.release, "r1");
    assert.deepEqual(settings.redis.sentinels[1], { host: "10.0.0.3", port: 26379 });
    assert.equal(settings.redis.tls.ca.toString(), "certificate");
  });

  it("hands redis a certificate where the environment names one, and none in development", () => {
    const file = (name) => path.join(path.dirname(ca), name);
    writeFileSync(file("app.crt"), "its own");
    writeFileSync(file("app.key"), "its key");
    const own = { REDIS_CERT_FILE: file("app.crt"), REDIS_KEY_FILE: file("app.key") };
    const { tls } = readSettings({ ...complete, ...own }, "/").redis;
    assert.deepEqual([tls.cert.toString(), tls.key.toString()], ["its own", "its key"]);
    const { cert, key } = readSettings(complete, "/").redis.tls;
    assert.deepEqual([cert, key], [undefined, undefined]);
  });

  it("reports every fault at once", () => {
    assert.equal(faultsOf({ NODE_ENV: "production" }).length, 5);
  });

  it("need no store in development, and there one redis by its address will do", () => {
    const bare = readSettings({}, "/srv/app");
    assert.deepEqual([bare.port, bare.worker], [3000, "3000"]);
    assert.deepEqual([bare.databaseUrl, bare.redis], [undefined, undefined]);
    const { redis, eventReplicas } = readSettings({ REDIS_URL: "redis://127.0.0.1:6379" }, "/");
    assert.deepEqual([redis.url, eventReplicas], ["redis://127.0.0.1:6379", 0]);
  });

  for (const [name, change, expected] of [
    ["a port that is none", { PORT: "http" }, /^PORT is "http"/],
    ["a port out of range", { PORT: "70000" }, /^PORT is "70000"/],
    ["another database", { DATABASE_URL: "mysql://app:secret@host/app" }, /^DATABASE_URL is not a postgres/],
    ["another cache", { REDIS_URL: "http://app:secret@host" }, /^REDIS_URL is not a redis/],
    ["a sentinel without a port", { REDIS_SENTINELS: "10.0.0.2" }, /^REDIS_SENTINELS is "10.0.0.2"/],
    ["a certificate that is not there", { REDIS_CA_FILE: "/nowhere" }, /^REDIS_CA_FILE names \/nowhere.*ENOENT/],
    ["a number of replicas that is none", { EVENT_REPLICAS: "all" }, /^EVENT_REPLICAS is "all"/],
    ["a mail server that is none", { SMTP_URL: "http://app:secret@host" }, /^SMTP_URL is not an smtp/],
    ["two receivers", { MAIL_TO: "ann@example.com,bob@example.com" }, /^MAIL_TO is "ann/],
    ["a sender without a domain", { MAIL_FROM: "app" }, /^MAIL_FROM is "app"/],
    ["a certificate without its key", { REDIS_CERT_FILE: ca }, /^REDIS_CERT_FILE and REDIS_KEY_FILE/],
  ]) {
    it(`refuses ${name}, and says nothing else`, () => {
      const faults = faultsOf({ ...complete, ...change });
      assert.equal(faults.length, 1);
      assert.match(faults[0], expected);
      assert.doesNotMatch(faults[0], /secret/);
    });
  }

  it("wants events on every replica: there is one beside every sentinel but one", () => {
    assert.equal(readSettings(complete, "/").eventReplicas, 1);
    assert.equal(readSettings({ ...complete, EVENT_REPLICAS: "0" }, "/").eventReplicas, 0);
  });

  it("sends mail to the machine's own server in production, and nowhere in development", () => {
    assert.equal(readSettings(complete, "/").smtpUrl, "smtp://127.0.0.1:25?ignoreTLS=true");
    assert.equal(readSettings({ ...complete, NODE_ENV: "development" }, "/").smtpUrl, undefined);
    assert.equal(readSettings({ ...complete, SMTP_URL: "smtps://host" }, "/").smtpUrl, "smtps://host");
  });

  it("migrates as the owner where there is one", () => {
    const owner = "postgres://owner:secret@127.0.0.1/app";
    assert.equal(readMigrationUrl({ ...complete, DATABASE_MIGRATION_URL: owner }), owner);
    assert.equal(readMigrationUrl(complete), complete.DATABASE_URL);
  });
});
