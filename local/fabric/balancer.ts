import { mkdir, readFile, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { publicRange } from "../paths";
import { haproxyConfig, healthOf, startingState } from "./balancer-config";
import { vpcOf } from "./books";
import { readJson, readText, writeJson, writeText } from "./files";
import { killGroup, pidsOf, removeGroup, signal, startIn } from "./cgroup";
import { ip, run } from "./host";
import { uplinkMtu } from "./network";
import { type Places, runDir } from "./places";
import { balancerNetns, balancerPorts, plugIn, removePorts } from "./ports";
import { cidr, within } from "./ranges";
import type { BalancerSpec } from "./types";

const groupOf = (id: string) => `balancer-${id.slice(0, 8)}`;

/** Not among the balancer's files: a socket's path may have only 107 characters. */
const socketOf = (id: string) => `${runDir}/${groupOf(id)}.sock`;

/** A running HAProxy changes over by itself: old connections stay with the old worker until they end. */
export async function putBalancer(places: Places, balancer: BalancerSpec): Promise<void> {
  const place = places.balancer(balancer.id);
  const config = haproxyConfig(balancer, { serverState: place.serverState, socket: socketOf(balancer.id) });
  await mkdir(place.dir, { recursive: true });
  await connect(places, balancer);
  const master = await masterOf(places, balancer.id);
  if (master !== undefined && (await readText(place.config)) === config) return;
  const dump = master === undefined ? "" : await ask(balancer.id, "show servers state");
  await writeText(place.serverState, startingState(balancer, dump));
  await writeText(place.config, config);
  await run("haproxy", ["-c", "-q", "-f", place.config]);
  await writeJson(place.spec, balancer);
  const before = await workerOf(balancer.id);
  if (master === undefined) {
    const command = ["haproxy", "-W", "-f", place.config, "-p", place.pid];
    await startIn(groupOf(balancer.id), command, { log: place.log, netns: balancerNetns(balancer.id) });
  } else {
    signal(master, "SIGUSR2");
  }
  await untilWorkerChanges(balancer, before, place.log);
}

/** A balancer that is not there is no fault. */
export async function removeBalancer(places: Places, id: string): Promise<void> {
  const place = places.balancer(id);
  const balancer = await readJson<BalancerSpec>(place.spec);
  await killGroup(groupOf(id));
  if (balancer !== undefined) await removePorts(balancerPorts(balancer));
  await removeGroup(groupOf(id));
  await rm(socketOf(id), { force: true });
  await rm(place.dir, { recursive: true, force: true });
}

/** What the balancer thinks of its backends; a backend that is up gets connections. */
export async function balancerState(id: string): Promise<{ backend: string; up: boolean }[]> {
  return healthOf(await ask(id, "show servers state"));
}

async function connect(places: Places, balancer: BalancerSpec): Promise<void> {
  const vpc = await vpcOf(places, balancer.vpcId);
  await plugIn(balancerPorts(balancer), await uplinkMtu());
  await ip(balancerNetns(balancer.id), [
    "link set lo up",
    "link set eth0 up",
    "link set eth1 up",
    `addr replace ${within(balancer.publicIp, publicRange)} dev eth0`,
    `addr replace ${within(balancer.vpcIp, vpc.ipRange)} dev eth1`,
    `route replace default via ${cidr(publicRange).gateway}`,
  ]);
}

/** The pid file outlives the process; the control group does not lie. */
async function masterOf(places: Places, id: string): Promise<number | undefined> {
  const pid = Number(await readText(places.balancer(id).pid));
  return (await pidsOf(groupOf(id))).includes(pid) ? pid : undefined;
}

async function workerOf(id: string): Promise<string | undefined> {
  const info = await ask(id, "show info").catch(() => "");
  return /^Pid: (\d+)$/m.exec(info)?.[1];
}

async function untilWorkerChanges(balancer: BalancerSpec, before: string | undefined, log: string): Promise<void> {
  for (let patience = 200; patience > 0; patience--) {
    const now = await workerOf(balancer.id);
    if (now !== undefined && now !== before) return;
    await sleep(50);
  }
  const tail = (await readFile(log, "utf8")).trimEnd().split("\n").slice(-3).join(" / ");
  throw new Error(`local cloud: load balancer ${balancer.name} does not take its configuration: ${tail}`);
}

/** One question to HAProxy's runtime socket. */
async function ask(id: string, question: string): Promise<string> {
  const connection = createConnection(socketOf(id));
  connection.end(`${question}\n`);
  return text(connection);
}
