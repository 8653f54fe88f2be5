import { Command } from "commander";
import { UserError } from "../errors";
import { outputsTypes } from "../outputsTypes";
import { parseOutputs, readOutputs } from "../stack";
import { stackOption, type StackOption } from "../stackOption";

export function outputsCommand(): Command {
  return new Command("outputs")
    .description("print the stack's outputs as JSON, secrets among them, for --outputs on a machine without Pulumi")
    .addOption(stackOption())
    .option("--types", "print their form as a TypeScript declaration instead")
    .option("--force", "print the secrets even to a terminal")
    .action(async ({ stack, types, force }: StackOption & { types?: boolean; force?: boolean }) => {
      if (types) {
        process.stdout.write(outputsTypes);
        return;
      }
      if (process.stdout.isTTY && !force) {
        throw new UserError(
          `The outputs hold the stack's SSH key, which would stay on this terminal; write them to a file ` +
            `("umask 077; npx trivet outputs -s ${stack} > trivet-outputs.json"), or add --force.`,
        );
      }
      const json = await readOutputs(stack);
      // A stack that is not up, or another form, is refused here and not where the file is used.
      parseOutputs(stack, json);
      process.stdout.write(`${JSON.stringify(JSON.parse(json), null, 2)}\n`);
    });
}
