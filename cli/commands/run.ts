import { Command } from "commander";
import { commandNode } from "../sessions/nodes";
import { session } from "../sessions/session";
import { readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { sshTarget } from "../target";

export function runCommand(): Command {
  return new Command("run")
    .description("run a command once as the application: in its release, with its environment and rights")
    .usage("[options] -- <command...>")
    .argument("<command...>", "its words, which no shell takes apart")
    .passThroughOptions()
    .option("--node <node>", "where; default: a node that answers")
    .addOption(stackOption())
    .action(async (words: string[], { stack, node }: StackOption & { node?: string }) => {
      const outputs = await readStack(stack);
      const target = sshTarget(outputs, await commandNode(stack, outputs, node));
      process.exitCode = await session(target, "run", words);
    });
}
