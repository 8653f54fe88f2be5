import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { fileURLToPath, URL } from "node:url";

const { fetch } = globalThis;
const root = fileURLToPath(new URL("..", import.meta.url));
const serve = (env) => spawn(process.execPath, ["src/server.js"], { cwd: root, env });

describe("the process", () => {
  it("names every fault of its environment and ends with 1", async () => {
    const child = serve({});
    const [message, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    assert.equal(code, 1);
    for (const name of ["PORT", "DATABASE_URL", "REDIS_SENTINELS", "REDIS_CA_FILE"])
      assert.match(message, RegExp(name));
  });

  it("starts without its services, says 503, and stops cleanly on SIGTERM", async () => {
    const ca = path.join(mkdtempSync(path.join(tmpdir(), "server-")), "ca.crt");
    writeFileSync(ca, "");
    const child = serve({
      PORT: "0",
      DATABASE_URL: "postgres://app@127.0.0.1:1/app",
      REDIS_SENTINELS: "127.0.0.1:1",
      REDIS_MASTER_NAME: "main",
      REDIS_CA_FILE: ca,
    });
    const port = await new Promise((resolve) => {
      let output = "";
      child.stdout.on("data", (chunk) => {
        output += chunk;
        const line = output.split("\n").find((candidate) => candidate.includes('"listening"'));
        if (line) resolve(JSON.parse(line).port);
      });
    });
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 503);
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  });
});
