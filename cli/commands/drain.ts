import { Command } from "commander";
import { askAll, askReport, leaderOf } from "../agents/agents";
import { UserError } from "../errors";
import { progress, step } from "../progress";
import { refuseWithoutOthers } from "../rotation/others";
import { rotate } from "../rotation/rotation";
import { nodeNamed, readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { sshTarget } from "../target";

export function drainCommand(): Command {
  return new Command("drain")
    .description("take a node out of rotation until undrain: no request, no primary, no redis' master")
    .argument("<node>", "the node's name")
    .option("--force", "even where no other node would serve")
    .addOption(stackOption())
    .action(async (name: string, { stack, force = false }: StackOption & { force?: boolean }) => {
      const outputs = await readStack(stack);
      const node = nodeNamed(stack, outputs.nodes, name);
      if (!force) refuseWithoutOthers(await askAll(outputs), name, { strictly: false });
      await progress([
        step(`Take ${name} out of rotation`, async () => {
          await rotate(sshTarget(outputs, node), "leave");
          const { health } = await askReport(outputs, node);
          if (health?.in === false) return;
          throw new UserError(`${name} still is in rotation; "npx trivet logs ${name} --service agent" says why.`);
        }),
      ]).run();
      const leader = leaderOf(await askAll(outputs))?.node.name;
      const primary = leader === undefined ? "" : ` The primary is ${leader}.`;
      process.stdout.write(`${name} is drained until "npx trivet undrain ${name}".${primary}\n`);
    });
}
