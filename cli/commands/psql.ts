import { Command, Option } from "commander";
import { databaseNode } from "../sessions/nodes";
import { session } from "../sessions/session";
import { readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { sshTarget } from "../target";

interface PsqlOptions {
  role: string;
  node?: string;
}

export function psqlCommand(): Command {
  return new Command("psql")
    .description("open psql on the application's database, or run statements from standard input")
    .usage("[options] [-- psql's options...]")
    .argument("[words...]", "as psql takes them")
    .addOption(
      new Option("--role <role>", "app: rows; owner: tables too; monitor: statistics; admin: everything")
        .choices(["app", "owner", "monitor", "admin"])
        .default("app"),
    )
    .option("--node <node>", "whose PostgreSQL; default: the primary. A standby can only be read")
    .addOption(stackOption())
    .action(async (words: string[], { stack, role, node }: StackOption & PsqlOptions) => {
      const outputs = await readStack(stack);
      const target = sshTarget(outputs, await databaseNode(stack, outputs, node));
      process.exitCode = await session(target, "psql", [role, ...words]);
    });
}
