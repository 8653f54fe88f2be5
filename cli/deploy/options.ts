import { Option, type Command } from "commander";
import { UserError } from "../errors";
import { stackOption, type StackOption } from "../stackOption";
import type { Shipped } from "./ship";

/** What deploy and rollback take alike. */
export interface SwitchOptions extends StackOption {
  without: string[];
  quiet?: boolean;
  json?: boolean;
}

export function switchOptions(command: Command): Command {
  const without = new Option(
    "--without <node>",
    "leave a node out, such as one that is down; may be given several times",
  );
  return command
    .addOption(stackOption())
    .addOption(without.default([], "none").argParser((name: string, names: string[]) => [...names, name]))
    .option("-q, --quiet", "show no progress, only the end")
    .option("--json", "print one JSON object at the end; progress goes to standard error");
}

/** What `deploy --json` and `rollback --json` print. */
export type SwitchReport =
  | ({
      ok: true;
      /** The application's; only of a deploy. */ name?: string;
      url: string;
      nodes: string[];
      without: string[];
    } & Shipped)
  | { ok: false; fault: string; details: string | null };

/** Does the work and prints its end: a sentence for people, one object for a program, also of a fault. */
export async function reportEnd(
  { json = false }: Pick<SwitchOptions, "json">,
  work: () => Promise<Extract<SwitchReport, { ok: true }>>,
  sentence: (report: Extract<SwitchReport, { ok: true }>) => string,
): Promise<void> {
  const print = (report: SwitchReport) => process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  try {
    const report = await work();
    for (const note of report.notes) process.stderr.write(`${note}\n`);
    if (json) print(report);
    else process.stdout.write(`${sentence(report)}\n`);
  } catch (error) {
    if (json && error instanceof UserError) print({ ok: false, fault: error.message, details: error.details ?? null });
    throw error;
  }
}
