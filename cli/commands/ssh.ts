import { Command } from "commander";
import { openSsh } from "../openSsh";
import { nodeNamed, readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { sshTarget } from "../target";

export function sshCommand(): Command {
  return new Command("ssh")
    .description("open a shell on a node, or run a command there")
    .usage("[options] <node> [-- command...]")
    .argument("<node>", "the node's name")
    .argument("[command...]", "what to run, as ssh takes it")
    .addOption(stackOption())
    .action(async (name: string, command: string[], { stack }: StackOption) => {
      const outputs = await readStack(stack);
      process.exitCode = await openSsh(sshTarget(outputs, nodeNamed(stack, outputs.nodes, name)), command);
    });
}
