import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { publicRange } from "../paths";
import { trustedAuthority } from "../pebble/authority";
import { specOf, vpcOf } from "./books";
import { readJson, readText, writeJson, writeText } from "./files";
import { groupDirs, killGroup, makeGroup, pidsOf, removeGroup, signal, startIn, strike } from "./cgroup";
import { seed } from "./cloudinit";
import { dropUnwritten, isMounted, makeDisk, mountDisk, unmountDisk } from "./disk";
import { hostResolvers } from "./host-apt";
import { applyFirewalls } from "./guard";
import { imageRoot } from "./image";
import { uplinkMtu } from "./network";
import type { Places } from "./places";
import { machineNetns, machinePorts, plugIn, pullOut, removePorts } from "./ports";
import type { MachineSpec, MachineState } from "./types";

const starter = path.join(__dirname, "machine.sh");
export const groupOf = (id: number) => `machine-${id}`;

/** systemd's signal for an orderly power-off; Node.js has no name for real-time signals. */
const poweroffSignal = 34 + 4;

/** How long a machine may take to shut down before its plug is pulled, as on DigitalOcean's control panel. */
const shutdownSeconds = 150;

export async function putMachine(places: Places, machine: MachineSpec): Promise<void> {
  const place = places.machine(machine.id);
  await mkdir(place.dir, { recursive: true });
  await writeJson(place.spec, machine);
  await applyFirewalls(places);
  if ((await readText(place.power))?.trim() === "off") return;
  await powerOn(places, machine.id);
}

export async function powerOn(places: Places, id: number): Promise<void> {
  const place = places.machine(id);
  const machine = await specOf(places, id);
  const ports = machinePorts(machine);
  const running = await isRunning(id);
  // A machine may have ended with its disk frozen; mounted anew, it is not.
  if (!running) await unmountDisk(place);
  await makeDisk(place, machine.diskGiB);
  await mountDisk(place, await imageOf(places, machine));
  await plantSeed(places, machine);
  await plugIn(ports, await uplinkMtu());
  await makeGroup(groupOf(id), { memoryMiB: machine.memoryMiB });
  await writeText(place.power, "on\n");
  if (running) return;
  const groups = groupDirs(groupOf(id));
  const command = ["bash", starter, place.dir, machineNetns(id), `trivet-${id}`, "--", ...groups];
  await startIn(`${groupOf(id)}/starter`, command, { log: place.console });
  await untilBooting(machine, place.console);
}

export async function powerOff(places: Places, id: number, how: "pull-the-plug" | "shutdown"): Promise<void> {
  const leader = await leaderPid(id);
  if (how === "shutdown" && leader !== undefined) {
    signal(leader, poweroffSignal);
    for (let tenth = 0; tenth < shutdownSeconds * 10 && (await isRunning(id)); tenth++) await sleep(100);
  }
  await pullPlugs(places, [id]);
}

/**
 * Cuts the power of several machines in one moment. They fall silent before they die: their peers get no FIN, no RST, no
 * answer. What a machine had not brought to its disk by then is lost. A machine that is off is no fault.
 */
export async function pullPlugs(places: Places, ids: number[]): Promise<void> {
  const specs = await Promise.all(ids.map((id) => specOf(places, id)));
  const running = await Promise.all(ids.map(isRunning));
  await pullOut(specs.flatMap(machinePorts));
  await strike(ids.map(groupOf));
  await Promise.all(
    ids.map(async (id, index) => {
      // Off by itself, it has written everything.
      await bury(places, id, { unwritten: running[index] ? "lost" : "kept" });
      await writeText(places.machine(id).power, "off\n");
    }),
  );
}

/** Ends what a stricken machine left; its disk must not be frozen meanwhile, or what writes to it could not die. */
async function bury(places: Places, id: number, { unwritten }: { unwritten: "lost" | "kept" }): Promise<void> {
  const place = places.machine(id);
  if (unwritten === "lost" && (await isMounted(place.disk))) await dropUnwritten(place.disk);
  await killGroup(groupOf(id));
  await unmountDisk(place);
}

/** The disk goes too. A machine that is not there, or only half, is no fault. */
export async function removeMachine(places: Places, id: number): Promise<void> {
  const place = places.machine(id);
  const machine = await readJson<MachineSpec>(place.spec);
  if (machine !== undefined) await pullOut(machinePorts(machine));
  await strike([groupOf(id)]);
  await bury(places, id, { unwritten: "lost" });
  if (machine !== undefined) await removePorts(machinePorts(machine));
  await removeGroup(groupOf(id));
  await rm(place.dir, { recursive: true, force: true });
}

export async function machineState(places: Places, id: number): Promise<MachineState> {
  const place = places.machine(id);
  if (!existsSync(place.spec)) return "absent";
  // Not the leader: a machine that reboots itself is without one for a moment, and not off.
  if (await isRunning(id)) return "active";
  return existsSync(place.console) || (await readText(place.power))?.trim() === "off" ? "off" : "new";
}

const isRunning = async (id: number) => (await pidsOf(groupOf(id))).length > 0;

/** The machine's init as this host sees it; undefined when the machine is off. */
export async function leaderPid(id: number): Promise<number | undefined> {
  for (const pid of await pidsOf(groupOf(id))) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    if (/^NSpid:\t\d+\t1$/m.test(status)) return pid;
  }
  return undefined;
}

async function untilBooting(machine: MachineSpec, console: string): Promise<void> {
  for (let patience = 1500; patience > 0; patience--) {
    if ((await leaderPid(machine.id)) !== undefined) return;
    if (!(await isRunning(machine.id))) break;
    await sleep(20);
  }
  const tail = ((await readText(console)) ?? "").trimEnd().split("\n").slice(-3).join(" / ");
  throw new Error(`local cloud: machine ${machine.name} does not start: ${tail || "it says nothing"}`);
}

async function imageOf(places: Places, machine: MachineSpec): Promise<string> {
  const file = places.machine(machine.id).image;
  const root = (await readText(file))?.trim() ?? (await imageRoot(machine.image));
  await writeText(file, `${root}\n`);
  return root;
}

/** Once: a droplet's user data and keys cannot be changed after it was made. */
async function plantSeed(places: Places, machine: MachineSpec): Promise<void> {
  const dir = path.join(places.machine(machine.id).root, "var/lib/cloud/seed/nocloud");
  if (existsSync(path.join(dir, "meta-data"))) return;
  const vpc = await vpcOf(places, machine.vpcId);
  const surroundings = {
    ports: machinePorts(machine),
    publicRange,
    vpcRange: vpc.ipRange,
    resolvers: await hostResolvers(),
    authorities: [await trustedAuthority(places.issuer)],
  };
  const { "meta-data": metaData, ...others } = seed(machine, surroundings);
  for (const [name, content] of Object.entries(others)) await writeText(path.join(dir, name), content);
  // cloud-init takes the seed only when it finds meta-data, so that comes last.
  await writeText(path.join(dir, "meta-data"), metaData);
}
