import { Command } from "commander";
import { askReport } from "../agents/agents";
import { UserError } from "../errors";
import { progress, step } from "../progress";
import { inSentence } from "../rotation/others";
import { rotate } from "../rotation/rotation";
import { nodeNamed, readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { sshTarget } from "../target";

export function undrainCommand(): Command {
  return new Command("undrain")
    .description("put a node back into rotation")
    .argument("<node>", "the node's name")
    .addOption(stackOption())
    .action(async (name: string, { stack }: StackOption) => {
      const outputs = await readStack(stack);
      const node = nodeNamed(stack, outputs.nodes, name);
      await progress([
        step(`Put ${name} back into rotation`, async () => {
          await rotate(sshTarget(outputs, node), "enter");
          const { health } = await askReport(outputs, node);
          if (health?.in) return;
          const why = health ? `: ${inSentence(health.why)}` : "";
          throw new UserError(`No operator drains ${name} any more, but it stays out of rotation${why}.`);
        }),
      ]).run();
      process.stdout.write(`${name} is in rotation.\n`);
    });
}
