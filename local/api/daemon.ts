import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { apiPort, paths, projectRoot } from "../paths";
import { apiProcess } from "./pidFile";
import { portHolder } from "./portHolder";
import { tokenFrom } from "./token";

export interface ApiPlace {
  /** Holds books.json, api.log, api.pid and what the fabric keeps. */
  stateDir: string;
  tokenFile: string;
  port: number;
  /** A module that exports `hostFabric(stateDir)`; the default makes machines on this host. */
  fabric?: string;
}

const home: ApiPlace = { stateDir: paths.cloud, tokenFile: paths.token, port: apiPort };

/** Milliseconds. */
const limits = { start: 120_000, stop: 30_000, answer: 5_000, release: 1_000, poll: 100 };

/** The API's log: see log.ts for the form of its lines. */
export const apiLogFile = (stateDir = home.stateDir) => path.join(stateDir, "api.log");

/**
 * Starts the API as a process of its own and waits until it answers; does nothing if ours already does.
 * @throws Error if another process has the port (named, if it can be seen), or if the API cannot start (with its reason).
 */
export async function startApi(place: ApiPlace = home): Promise<void> {
  const { stateDir, tokenFile, port } = place;
  const token = tokenFrom(tokenFile);
  const running = apiProcess(stateDir);
  if (running === undefined && !(await becomesFree(port))) throw portInUse(port);
  const log = apiLogFile(stateDir);
  const child = running === undefined ? launch(place, log) : undefined;
  const limit = Date.now() + limits.start;
  while (Date.now() < limit) {
    if (apiProcess(stateDir) !== undefined && (await answers(port, token))) return;
    if (child?.exited()) throw startFailure(port, log, child.logStart);
    await pause(limits.poll);
  }
  throw new Error(`The local cloud's API did not answer on port ${port} within ${limits.start / 1000} s; see ${log}.`);
}

/** Stops the API, if it runs; machines, networks and balancers go on. */
export async function stopApi({ stateDir }: ApiPlace = home): Promise<void> {
  const pid = apiProcess(stateDir);
  if (pid === undefined) return;
  process.kill(pid, "SIGTERM");
  const limit = Date.now() + limits.stop;
  while (apiProcess(stateDir) === pid) {
    if (Date.now() > limit) process.kill(pid, "SIGKILL");
    await pause(limits.poll);
  }
}

/** Whether our API runs and answers to our token. */
export async function apiRunning({ stateDir, tokenFile, port }: ApiPlace = home): Promise<boolean> {
  if (apiProcess(stateDir) === undefined || !fs.existsSync(tokenFile)) return false;
  return answers(port, tokenFrom(tokenFile));
}

function launch({ stateDir, tokenFile, port, fabric }: ApiPlace, log: string) {
  fs.mkdirSync(stateDir, { recursive: true });
  const output = fs.openSync(log, "a", 0o600);
  const logStart = fs.fstatSync(output).size;
  const settings = ["--state-dir", stateDir, "--token-file", tokenFile, "--port", String(port)];
  const child = spawn(
    process.execPath,
    ["--import", "tsx", path.join(__dirname, "main.ts"), ...settings, ...(fabric ? ["--fabric", fabric] : [])],
    { cwd: projectRoot, detached: true, stdio: ["ignore", output, output] },
  );
  fs.closeSync(output);
  child.unref();
  return { logStart, exited: () => child.exitCode !== null || child.signalCode !== null };
}

/** A process that was just killed still has its port for a moment. */
async function becomesFree(port: number): Promise<boolean> {
  const limit = Date.now() + limits.release;
  while (portHolder(port) !== undefined) {
    if (Date.now() > limit) return false;
    await pause(limits.poll);
  }
  return true;
}

async function answers(port: number, token: string): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v2/account`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(limits.answer),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function portInUse(port: number): Error {
  const holder = portHolder(port) ?? "another process";
  return new Error(
    `Port ${port} on 127.0.0.1 is in use by ${holder}; the local cloud's API needs it. Stop that process first.`,
  );
}

function startFailure(port: number, log: string, from: number): Error {
  const lines = fs.readFileSync(log, "utf8").slice(from).trim().split("\n");
  const reason = lines.findLast((line) => line.includes(" error "))?.replace(/^\S+ error /, "") ?? lines.at(-1);
  if (reason?.includes("EADDRINUSE")) return portInUse(port);
  return new Error(`The local cloud's API did not start: ${reason || `no reason given, see ${log}`}`);
}
