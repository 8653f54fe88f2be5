import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { askerOf, smoke } from "../../tools/smoke.js";
import { makeCertificate } from "../support/redis.js";

const sites = { main: "app.test", www: "www.test", admin: "admin.test" };
const served = { www: { static: "site" }, admin: { spa: "admin/dist", api: ["/api/"], scripts: "nonce" } };

/** A stack in which all is well, but for what `instead` says by address. */
const stack = (instead = {}) => {
  let turn = 0;
  return async (host, where) => {
    const other = instead[host + where];
    if (other) return typeof other === "function" ? other(turn++) : other;
    if (where === "/api/about") {
      return { status: 200, body: JSON.stringify({ node: ["ash", "birch"][turn++ % 2], release: "r1" }) };
    }
    return { status: 200, body: '<html><script nonce="7f">' };
  };
};

describe("the smoke test", () => {
  it("is content with one release on every node and a page on every site", async () => {
    const { faults, releases } = await smoke(sites, served, stack());
    assert.deepEqual(faults, []);
    assert.deepEqual([...releases], [["r1", new Set(["ash", "birch"])]]);
  });

  it("asks a site of which trivet.yaml says nothing as the workers'", async () => {
    const asked = new Set();
    const ask = stack();
    await smoke(sites, served, (...where) => (asked.add(where.join("")), ask(...where)));
    assert.deepEqual([...asked].sort(), [
      "admin.test/",
      "admin.test/api/about",
      "app.test/",
      "app.test/api/about",
      "www.test/",
    ]);
  });

  for (const [name, instead, fault] of [
    ["a site that is away", { "www.test/": { status: 503 } }, /www.test\/ answered 503/],
    ["another thing than a page", { "www.test/": { status: 200, body: "{}" } }, /www.test\/ is not HTML/],
    [
      "a page without its nonce",
      { "admin.test/": { status: 200, body: "<html>__CSP_NONCE__" } },
      /admin.test\/ has __CSP/,
    ],
    [
      "no connection",
      { "app.test/": () => Promise.reject(new Error("ECONNREFUSED")) },
      /app.test\/ could not.*REFUSED/,
    ],
    [
      "an older release on a node",
      { "app.test/api/about": (turn) => ({ status: 200, body: `{"node":"ash","release":"r${turn % 2}"}` }) },
      /2 releases answer: r0, r1|2 releases answer: r1, r0/,
    ],
  ]) {
    it(`notices ${name}`, async () => {
      const { faults } = await smoke(sites, served, stack(instead));
      assert.equal(faults.length, 1);
      assert.match(faults[0], fault);
    });
  }
});

describe("a request of the smoke test", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "smoke-"));
  after(() => rmSync(folder, { recursive: true }));

  it("goes to the balancer, names the site, and believes the stack's authority and no other", async () => {
    // The certificates are made out to 127.0.0.1.
    const [own, foreign] = ["own", "foreign"].map((name) => makeCertificate(folder, name));
    const server = createServer(own, (request, response) => response.end(`${request.headers.host}${request.url}`));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const asker = (certificate) =>
      askerOf({ loadBalancerIp: "127.0.0.1", caCertificate: certificate.cert.toString() }, server.address().port);
    assert.deepEqual(await asker(own)("127.0.0.1", "/a"), { status: 200, body: "127.0.0.1/a" });
    await assert.rejects(asker(foreign)("127.0.0.1", "/a"), /certificate/);
    await assert.rejects(asker(own)("app.test", "/a"), /altnames|Host/);
    server.close();
  });
});
