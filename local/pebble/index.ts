import * as https from "node:https";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { killGroup, pidsOf, startIn } from "../fabric/cgroup";
import { readJson, readText, writeJson, writeText } from "../fabric/files";
import { Places } from "../fabric/places";
import { trustedAuthority } from "./authority";
import { ensurePebble } from "./build";
import { directory, pebbleConfig, pebbleEnvironment, ports } from "./settings";

const group = "issuer";

/** Milliseconds. */
const limits = { start: 20_000, answer: 2_000, poll: 100 };

/**
 * Starts the local cloud's issuer of public certificates, unless it runs as it should, and waits until it answers. It
 * forgets its accounts and makes a new root whenever it starts; what it issued before stays valid under the old one.
 * @throws Error with pebble's last words when it does not start
 */
export async function startIssuer(stateDir: string): Promise<void> {
  const folder = new Places(stateDir).issuer;
  const authority = await trustedAuthority(folder);
  const config = path.join(folder, "pebble.json");
  const log = path.join(folder, "pebble.log");
  const variables = Object.entries(pebbleEnvironment).map(([name, value]) => `${name}=${value}`);
  const command = ["env", ...variables, await ensurePebble(), "-strict", "-config", config];
  const wanted = { command, config: pebbleConfig(folder) };
  const record = path.join(folder, "running.json");
  if (!(await isRunning()) || !isDeepStrictEqual(await readJson(record), wanted)) {
    await killGroup(group);
    await writeJson(config, wanted.config);
    await startIn(group, command, { log });
    await writeJson(record, wanted);
  }
  await keepRoot(folder, await rootWhenReady(authority, log));
}

/** Every root that the issuer had since the local cloud was made: PEM, for whoever checks a site's certificate. */
export async function issuerRoots(stateDir: string): Promise<string> {
  return (await readText(rootsFile(new Places(stateDir).issuer))) ?? "";
}

const rootsFile = (folder: string) => path.join(folder, "roots.pem");

async function keepRoot(folder: string, root: string): Promise<void> {
  const known = (await readText(rootsFile(folder))) ?? "";
  if (!known.includes(root)) await writeText(rootsFile(folder), known + root);
}

const isRunning = async () => (await pidsOf(group)).length > 0;

/** Once it answers the machines as well: of two ports, it may have got one. */
async function rootWhenReady(authority: string, log: string): Promise<string> {
  for (const limit = Date.now() + limits.start; Date.now() < limit; await pause(limits.poll)) {
    const alive = await isRunning();
    try {
      await get(directory, authority);
      return await get(`https://127.0.0.1:${ports.management}/roots/0`, authority);
    } catch {
      if (!alive) break;
    }
  }
  const said = ((await readText(log)) ?? "").trimEnd().split("\n").slice(-2).join(" / ");
  throw new Error(`local cloud: the issuer of certificates does not answer: ${said || "it says nothing"}`);
}

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // pebble answers nobody without a name.
    const options = { ca, agent: false, timeout: limits.answer, headers: { "user-agent": "trivet" } };
    const request = https.get(url, options, (response) => {
      if (response.statusCode === 200) text(response).then(resolve, reject);
      else reject(new Error(`status ${response.statusCode}`));
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
  });
}
