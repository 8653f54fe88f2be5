import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath, URL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Starts a worker with this environment and no other. */
export const spawnWorker = (env) => spawn(process.execPath, ["src/server.js"], { cwd: root, env });

/**
 * A worker whose stores are named as on a cluster, and away. Resolves, when it listens, to {url, pid, stop}; `stop` sends
 * SIGTERM and resolves to the exit code and what the worker logged.
 */
export async function startWorker(env = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "worker-"));
  const ca = path.join(folder, "ca.crt");
  writeFileSync(ca, "");
  const child = spawnWorker({
    NODE_ENV: "production",
    PORT: "0",
    NODE_NAME: "ash",
    RELEASE: "r1",
    DATABASE_URL: "postgres://app@127.0.0.1:1/app",
    REDIS_SENTINELS: "127.0.0.1:1",
    REDIS_MASTER_NAME: "main",
    REDIS_CA_FILE: ca,
    ...env,
  });
  const ended = once(child, "exit");
  const logged = [];
  const port = await new Promise((resolve) => {
    createInterface(child.stdout).on("line", (line) => {
      logged.push(JSON.parse(line));
      if (logged.at(-1).event === "listening") resolve(logged.at(-1).port);
    });
  });
  return {
    pid: child.pid,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill("SIGTERM");
      const [code] = await ended;
      rmSync(folder, { recursive: true });
      return { code, logged };
    },
  };
}
