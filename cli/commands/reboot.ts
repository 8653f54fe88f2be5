import { Command } from "commander";
import { askAll } from "../agents/agents";
import { progress, step } from "../progress";
import { beginReboot, bootId, lacking, until } from "../rotation/reboot";
import { refuseWithoutOthers } from "../rotation/others";
import { nodeNamed, readStack, type StackNode, type StackOutputs } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { observe } from "../status/collect";
import { sshTarget } from "../target";

const patience = 600_000;

export function rebootCommand(): Command {
  return new Command("reboot")
    .description("reboot a node without a failed request, and wait until it is well again")
    .argument("<node>", "the node's name")
    .option("--force", "even where another node is out of rotation or does not answer")
    .addOption(stackOption())
    .action(async (name: string, { stack, force = false }: StackOption & { force?: boolean }) => {
      const outputs = await readStack(stack);
      const node = nodeNamed(stack, outputs.nodes, name);
      if (!force) refuseWithoutOthers(await askAll(outputs), name, { strictly: true });
      const drained = await reboot(outputs, node);
      const rotation = drained ? `stays drained until "npx trivet undrain ${name}"` : "is in rotation";
      process.stdout.write(`${name} was rebooted, is well and ${rotation}.\n`);
    });
}

/** Resolves to whether the node was drained, and still is. */
async function reboot(outputs: StackOutputs, node: StackNode): Promise<boolean> {
  const target = sshTarget(outputs, node);
  const [before, boot] = await Promise.all([observe(outputs, node), bootId(target)]);
  const drained = before.agent?.health?.drains.includes("operator") === true;
  const wanted = { drained, app: before.app !== null };
  const end = { until: Date.now() + patience };
  const isBack = async () => {
    const now = await bootId(target).catch(() => undefined);
    return now === undefined ? ["it does not answer"] : now === boot ? ["it has not gone down yet"] : [];
  };
  await progress([
    step(`Begin the reboot of ${node.name}`, () => beginReboot(target)),
    step("Wait until it answers again", (report) => until(node.name, isBack, report, end)),
    step("Wait until it is well", (report) =>
      until(node.name, async () => lacking(await observe(outputs, node), wanted), report, end),
    ),
  ]).run();
  return drained;
}
