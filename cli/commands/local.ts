import { Command } from "commander";
import { list, UserError } from "../errors";
import { localEnvironment, localStack } from "../pulumi";
import { exportLines } from "../shell";

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
  local
    .command("cut <node>")
    .description("cut its power without warning")
    .action(async (node: string) => (await fabric()).cut(await machineNamed(node)));
  local
    .command("restore <node>")
    .description("switch its power on")
    .action(async (node: string) => (await fabric()).restore(await machineNamed(node)));
  local
    .command("partition <node>")
    .description("drop its packets silently, all of them or those from and to some nodes")
    .option("--from <node...>", "only between it and these")
    .action(async (node: string, { from }: { from?: string[] }) => {
      const peers = from && (await Promise.all(from.map(machineNamed)));
      await (await fabric()).partition(await machineNamed(node), peers);
    });
  local
    .command("heal [node]")
    .description("end the partitions of a node, or all")
    .action(async (node?: string) => (await fabric()).heal(node === undefined ? undefined : await machineNamed(node)));
  local
    .command("env")
    .description(`print the environment in which plain "pulumi" works on the stack "${localStack}", for eval`)
    .action(async () => void process.stdout.write(exportLines(await localEnvironment())));
  return local;
}

/** Lazily, because only these commands may load anything of the local cloud. */
async function fabric() {
  const [{ hostFabric }, { paths }] = await Promise.all([
    import("../../local/fabric/index.js"),
    import("../../local/paths.js"),
  ]);
  return hostFabric(paths.cloud);
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
  if (names.length === 0) throw new UserError(`The local cloud has no machines; run "npm run up" first.`);
  throw new UserError(
    `"${given}" is ${meant.length === 0 ? "no machine" : "more than one machine"} of the local cloud; it has ${list(names)}.`,
  );
}
