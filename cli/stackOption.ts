import { Command, Option } from "commander";
import { localStack } from "./pulumi";

export interface StackOption {
  stack: string;
}

/** The option that every command takes. */
export function stackOption(): Option {
  return new Option("-s, --stack <stack>", "the Pulumi stack").env("TRIVET_STACK").default(localStack);
}

/** Where `readStack` finds the name of a file of outputs. */
export const outputsVariable = "TRIVET_OUTPUTS";

/**
 * Lets a command take the stack's outputs from a file, on a machine that has no Pulumi. The option is the environment
 * variable for this one run, so that whatever reads the stack heeds it.
 */
export function withOutputs(command: Command): Command {
  const option = new Option(
    "--outputs <file>",
    `what "trivet outputs" wrote, instead of the stack (${outputsVariable})`,
  );
  return command.addOption(option).hook("preAction", (_, action) => {
    const { outputs } = action.opts<{ outputs?: string }>();
    if (outputs !== undefined) process.env[outputsVariable] = outputs;
  });
}
