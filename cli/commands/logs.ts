import { Command } from "commander";
import { NodeLog } from "../logs/nodeLog";
import { printLogs } from "../logs/print";
import { serviceNames, whereAre } from "../logs/services";
import { showJson, showText } from "../logs/show";
import { linesOf, sinceOf } from "../logs/since";
import type { Range } from "../logs/source";
import { SshConnection } from "../ssh";
import { nodeNamed, readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { sshTarget } from "../target";

interface LogsOptions {
  since?: string;
  lines?: string;
  service?: string[];
  follow?: boolean;
  json?: boolean;
}

const defaultLines = 100;

export function logsCommand(): Command {
  return new Command("logs")
    .description("show what the services of all nodes wrote, in one order")
    .argument("[nodes...]", "default: every node")
    .option("--since <when>", "nothing older: 30s, 10m, 2h or 1d ago, or a time such as 2026-11-21T07:45:00Z")
    .option("-n, --lines <count>", `the latest so many; default ${defaultLines}, or all with --since`)
    .option("--service <name...>", `only of these: ${serviceNames.join(", ")}; default: all but nginx' access log`)
    .option("-f, --follow", "go on with what is written from now on, until Ctrl-C")
    .option("--json", "print one JSON object a line: node, time, service, message")
    .addOption(stackOption())
    .action(async (names: string[], { stack, ...options }: StackOption & LogsOptions) => {
      const wanted = whereAre(options.service ?? []);
      const range = rangeOf(options);
      const outputs = await readStack(stack);
      const nodes = names.length > 0 ? names.map((name) => nodeNamed(stack, outputs.nodes, name)) : outputs.nodes;
      const logs = nodes.map((node) => {
        return new NodeLog(node.name, wanted, () => SshConnection.open(sshTarget(outputs, node)));
      });
      const colour = process.stdout.isTTY && !process.env.NO_COLOR;
      const all = outputs.nodes.map((node) => node.name);
      await printLogs(logs, range, options.json ? showJson : showText(all, { colour }), options.follow);
    });
}

function rangeOf({ since, lines }: LogsOptions): Range {
  return {
    since: since === undefined ? undefined : sinceOf(since),
    lines: lines === undefined ? (since === undefined ? defaultLines : undefined) : linesOf(lines),
  };
}
