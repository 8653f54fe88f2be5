import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, readFile, readdir, rmdir, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { netnsDir } from "./host";

/**
 * Every process of the local cloud lives in a control group below this name, so that the kernel itself remembers what
 * is ours: no pid file can lie, and nothing escapes by forking.
 */
const family = "trivet";
const mountPoint = "/sys/fs/cgroup";
const unified = existsSync(`${mountPoint}/cgroup.controllers`);

/** The hierarchy that answers which processes are ours. */
const tracking = unified
  ? mountPoint
  : path.join(mountPoint, existsSync(`${mountPoint}/unified`) ? "unified" : "systemd");

/** On cgroup v1, the named hierarchy too, or the machines' inits would meet in its root. */
const hierarchies = unified
  ? [mountPoint]
  : ["unified", "systemd", "memory"].map((name) => path.join(mountPoint, name)).filter((dir) => existsSync(dir));

/** The directories of one group, one a hierarchy, for a process that wants to join it. */
export function groupDirs(group: string): string[] {
  return hierarchies.map((dir) => path.join(dir, family, group));
}

export async function makeGroup(group: string, limit: { memoryMiB?: number } = {}): Promise<void> {
  for (const dir of groupDirs(group)) await mkdir(dir, { recursive: true });
  if (unified) await delegate("+memory", group);
  if (limit.memoryMiB !== undefined) await limitMemory(group, limit.memoryMiB * 1024 * 1024);
}

/** On cgroup v2 a group has a controller only if its parents pass it on. */
async function delegate(controller: string, group: string): Promise<void> {
  const names = path.dirname(path.join(family, group)).split("/");
  for (let depth = 0; depth <= names.length; depth++) {
    await writeFile(path.join(mountPoint, ...names.slice(0, depth), "cgroup.subtree_control"), controller);
  }
}

/** Memory alone, and nothing beyond it by swapping: a droplet has no swap either. */
async function limitMemory(group: string, bytes: number): Promise<void> {
  if (unified) {
    const dir = path.join(mountPoint, family, group);
    await writeFile(path.join(dir, "memory.max"), String(bytes));
    if (existsSync(path.join(dir, "memory.swap.max"))) await writeFile(path.join(dir, "memory.swap.max"), "0");
    return;
  }
  const dir = path.join(mountPoint, "memory", family, group);
  const withSwap = path.join(dir, "memory.memsw.limit_in_bytes");
  // The kernel keeps memory <= memory + swap at every step, so a grown limit is written from the outside in.
  for (const file of [withSwap, path.join(dir, "memory.limit_in_bytes"), withSwap]) {
    if (existsSync(file)) await writeFile(file, String(bytes)).catch((error: unknown) => ignoreBusy(error));
  }
}

function ignoreBusy(error: unknown): void {
  if (!["EINVAL", "EBUSY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
}

/** All processes of a group and the groups below it. */
export async function pidsOf(group = ""): Promise<number[]> {
  const dirs = await below(path.join(tracking, family, group));
  const texts = await Promise.all(dirs.map((dir) => readFile(path.join(dir, "cgroup.procs"), "utf8").catch(() => "")));
  return texts.flatMap((text) => text.split("\n").filter(Boolean).map(Number));
}

/** Sends SIGKILL to every process of these groups within one turn. */
export async function strike(groups: string[]): Promise<void> {
  const pids = await Promise.all(groups.map((group) => pidsOf(group)));
  for (const pid of pids.flat()) signal(pid, "SIGKILL");
}

/**
 * Kills all processes of a group and waits until it is empty. One signal each: `cgroup.kill` would leave its mark on the
 * group, and the kernel would then kill whatever the next systemd in it starts.
 */
export async function killGroup(group = ""): Promise<void> {
  for (let patience = 200; patience > 0; patience--) {
    const pids = await pidsOf(group);
    if (pids.length === 0) return;
    for (const pid of pids) signal(pid, "SIGKILL");
    await sleep(25);
  }
  throw new Error(`local cloud: processes of ${family}/${group} survive SIGKILL: ${(await pidsOf(group)).join(", ")}`);
}

/** A process that is gone already is no fault. */
export function signal(pid: number, name: NodeJS.Signals | number): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Removes the group's directories, which must be empty of processes. */
export async function removeGroup(group = ""): Promise<void> {
  for (const top of groupDirs(group)) {
    for (const dir of await below(top)) await rmdir(dir);
  }
}

/** The group directories that are there. */
export async function existingGroups(): Promise<string[]> {
  return (await Promise.all(groupDirs("").map((dir) => below(dir)))).flat();
}

/** A directory and all below it, deepest first. Groups come and go: one that is gone by now is none. */
async function below(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!entries) return [];
  const children = entries.filter((entry) => entry.isDirectory());
  return [...(await Promise.all(children.map((child) => below(path.join(dir, child.name))))).flat(), dir];
}

/** Starts a process that outlives this one, in a group and, if given, with the network of a namespace. */
export async function startIn(
  group: string,
  command: string[],
  options: { log: string; netns?: string },
): Promise<void> {
  await makeGroup(group);
  const log = await open(options.log, "a", 0o600);
  try {
    const join = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done; shift; exec "$@"';
    const enter = options.netns === undefined ? [] : ["nsenter", `--net=${netnsDir}/${options.netns}`];
    const args = ["-c", join, "sh", ...groupDirs(group), "--", ...enter, ...command];
    const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" };
    const child = spawn("sh", args, { cwd: "/", env, detached: true, stdio: ["ignore", log.fd, log.fd] });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    while (child.exitCode === null && child.pid !== undefined && !(await pidsOf(group)).includes(child.pid))
      await sleep(5);
  } finally {
    await log.close();
  }
}
