import { Command } from "commander";
import { storeNode } from "../sessions/nodes";
import { session } from "../sessions/session";
import { readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { sshTarget } from "../target";

export function redisCommand(): Command {
  return new Command("redis")
    .description("open redis-cli on the master as the application's user, or run commands from standard input")
    .usage("[options] [-- words...]")
    .argument("[words...]", "as redis-cli takes them")
    .option("--node <node>", "this node's redis instead, master or not")
    .addOption(stackOption())
    .action(async (words: string[], { stack, node }: StackOption & { node?: string }) => {
      const outputs = await readStack(stack);
      const target = sshTarget(outputs, await storeNode(stack, outputs, node));
      process.exitCode = await session(target, "redis", [node === undefined ? "master" : "here", ...words]);
    });
}
