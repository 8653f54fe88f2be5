import { Command } from "commander";
import { askAgent, askAll } from "../agents/agents";
import { whomToForce } from "../agents/force";
import { UserError } from "../errors";
import { nodeNamed, readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";

export function forcePrimaryCommand(): Command {
  return new Command("force-primary")
    .description("make a node the primary when the others are lost for good")
    .argument("[node]", "default: the one whose data reaches furthest of those that answer")
    .option("--accept-data-loss", "what only the lost nodes had is gone")
    .addOption(stackOption())
    .action(
      async (wanted: string | undefined, { stack, acceptDataLoss }: StackOption & { acceptDataLoss?: boolean }) => {
        const outputs = await readStack(stack);
        if (wanted !== undefined) nodeNamed(stack, outputs.nodes, wanted);
        const name = whomToForce(await askAll(outputs), wanted);
        if (!acceptDataLoss) {
          throw new UserError(
            `${name} would become the primary without a majority. Writes that it does not have would be lost, and a node that only ` +
              `seems lost would lose its own when it returns; if that is what you want, add --accept-data-loss.`,
          );
        }
        await askAgent(outputs, nodeNamed(stack, outputs.nodes, name), "POST /force");
        process.stdout.write(`${name} is the primary. Nodes that return will follow it.\n`);
      },
    );
}
