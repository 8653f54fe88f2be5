import { Command } from "commander";
import { readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { collectStatus } from "../status/collect";
import { statusTable } from "../status/table";

export function statusCommand(): Command {
  return new Command("status")
    .description("show every node's services, release and room, and what is wrong")
    .addOption(stackOption())
    .option("--json", "print one JSON object")
    .action(async ({ stack, json }: StackOption & { json?: boolean }) => {
      const status = await collectStatus(stack, await readStack(stack));
      process.stdout.write(`${json ? JSON.stringify(status, null, 2) : statusTable(status)}\n`);
    });
}
