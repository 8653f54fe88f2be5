import { Command, Option } from "commander";
import type { Machine } from "../../local/fabric";
import { list, UserError } from "../errors";
import { localEnvironment, localStack } from "../pulumi";
import { exportLines } from "../shell";

const nothingThere = 'The local cloud has no machines; run "npm run up" first.';

export function localCommand(): Command {
  const local = new Command("local").description("look at the local cloud, and break it on purpose");
  local
    .command("machines")
    .description("list its machines")
    .option("--json", "print a JSON array")
    .action(async ({ json }: { json?: boolean }) => {
      const machines = await (await fabric()).machines();
      process.stdout.write(json ? `${JSON.stringify(machines, null, 2)}\n` : machines.map(machineLine).join(""));
    });
  addPower(local);
  addNetwork(local);
  addDisk(local);
  local
    .command("signal <node> <signal> <pattern>")
    .description("send a signal to its processes whose full command line matches a regular expression")
    .action(async (node: string, signal: string, pattern: string) => {
      const processes = await (await fabric()).signal(await machineNamed(node), signal, pattern);
      process.stdout.write(processes.map(({ pidInside, command }) => `${pidInside}  ${command}\n`).join(""));
    });
  local
    .command("env")
    .description(`print the environment in which plain "pulumi" works on the stack "${localStack}", for eval`)
    .action(async () => void process.stdout.write(exportLines(await localEnvironment())));
  return local;
}

function addPower(local: Command): void {
  local
    .command("cut [node...]")
    .description("cut the power of nodes without warning, in one moment")
    .option("--all", "of every machine that is on")
    .action(async (nodes: string[], { all }: { all?: boolean }) => {
      await (await fabric()).cut(...(await machinesMeant(nodes, all, ({ state }) => state !== "off")));
    });
  local
    .command("restore [node...]")
    .description("switch their power on")
    .option("--all", "of every machine that is off")
    .action(async (nodes: string[], { all }: { all?: boolean }) => {
      await (await fabric()).restore(...(await machinesMeant(nodes, all, ({ state }) => state === "off")));
    });
}

function addNetwork(local: Command): void {
  local
    .command("partition <node>")
    .description("drop its packets silently, all of them or those from and to some nodes")
    .option("--from <node...>", "only between it and these")
    .addOption(new Option("--one-way <way>", "only what is sent to it, or what it sends").choices(["in", "out"]))
    .action(async (node: string, { from, oneWay }: { from?: string[]; oneWay?: "in" | "out" }) => {
      const peers = from && (await Promise.all(from.map(machineNamed)));
      await (await fabric()).partition(await machineNamed(node), { peers, direction: oneWay });
    });
  local
    .command("lossy <node> <percent>")
    .description("drop a part of its packets at random, each way")
    .option("--from <node...>", "only between it and these")
    .action(async (node: string, percent: string, { from }: { from?: string[] }) => {
      const peers = from && (await Promise.all(from.map(machineNamed)));
      await (await fabric()).lossy(await machineNamed(node), percentOf(percent), peers);
    });
  local
    .command("heal [node]")
    .description("end the partitions and losses of a node, or all; not what was done to disks and processes")
    .action(async (node?: string) => (await fabric()).heal(node === undefined ? undefined : await machineNamed(node)));
}

function addDisk(local: Command): void {
  local
    .command("freeze <node>")
    .description("hold every write to its disk")
    .action(async (node: string) => (await fabric()).freeze(await machineNamed(node)));
  local
    .command("thaw <node>")
    .description("let the held writes go on")
    .action(async (node: string) => (await fabric()).thaw(await machineNamed(node)));
  local
    .command("fill <node>")
    .description("leave no free block on its disk")
    .action(async (node: string) => (await fabric()).fill(await machineNamed(node)));
  local
    .command("unfill <node>")
    .description("give the free blocks back")
    .action(async (node: string) => (await fabric()).unfill(await machineNamed(node)));
}

/** Lazily, because only these commands may load anything of the local cloud. */
async function fabric() {
  const [{ hostFabric }, { paths }] = await Promise.all([
    import("../../local/fabric/index.js"),
    import("../../local/paths.js"),
  ]);
  return hostFabric(paths.cloud);
}

/** The machines given by name, or, with --all, those that are wanted. */
async function machinesMeant(nodes: string[], all: boolean | undefined, wanted: (machine: Machine) => boolean) {
  if (nodes.length > 0 === Boolean(all)) throw new UserError("Name the nodes that are meant, or say --all.");
  if (!all) return Promise.all(nodes.map(machineNamed));
  const machines = await (await fabric()).machines();
  if (machines.length === 0) throw new UserError(nothingThere);
  return machines.filter(wanted).map(({ name }) => name);
}

/**
 * What stands on the command line for a share.
 * @throws UserError when it is no number
 */
export function percentOf(given: string): number {
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given);
  throw new UserError(`"${given}" is no percentage; wanted a whole number from 1 to 100, without a sign.`);
}

const machineLine = (machine: { name: string; publicIp: string; privateIp: string; state: string }): string =>
  `${machine.name}  ${machine.publicIp}  ${machine.privateIp}  ${machine.state}\n`;

async function machineNamed(given: string): Promise<string> {
  const machines = await (await fabric()).machines();
  return fullName(
    given,
    machines.map((machine) => machine.name),
  );
}

/** The machine that is meant by its own name or by its node's, as in "ash" for "trivet-local-ash". */
export function fullName(given: string, names: readonly string[]): string {
  const meant = names.filter((name) => name === given);
  if (meant.length === 0) meant.push(...names.filter((name) => name.endsWith(`-${given}`)));
  if (meant.length === 1 && meant[0]) return meant[0];
  if (names.length === 0) throw new UserError(nothingThere);
  throw new UserError(
    `"${given}" is ${meant.length === 0 ? "no machine" : "more than one machine"} of the local cloud; it has ${list(names)}.`,
  );
}
