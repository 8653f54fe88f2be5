import { Command } from "commander";
import { askAgent } from "../agents/agents";
import { UserError } from "../errors";
import { nodeNamed, readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";

export function recloneCommand(): Command {
  return new Command("reclone")
    .description("replace a node's PostgreSQL data by a copy of the primary's")
    .argument("<node>", "the node whose data goes")
    .option("--discard-data", "what is there now is given up")
    .addOption(stackOption())
    .action(async (name: string, { stack, discardData }: StackOption & { discardData?: boolean }) => {
      const outputs = await readStack(stack);
      const node = nodeNamed(stack, outputs.nodes, name);
      if (!discardData) {
        throw new UserError(
          `PostgreSQL's data on ${name} would be removed and copied anew; if that is what you want, add --discard-data.`,
        );
      }
      await askAgent(outputs, node, "POST /reclone");
      process.stdout.write(`${name} has a copy of the primary's data and follows it.\n`);
    });
}
