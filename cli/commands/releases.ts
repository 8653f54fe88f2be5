import { Command } from "commander";
import { DeployNode } from "../deploy/node";
import { releasesTable, reportReleases } from "../deploy/releases";
import type { NodeState } from "../deploy/state";
import { readStack, type StackNode, type StackOutputs } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { sshTarget } from "../target";

export function releasesCommand(): Command {
  return new Command("releases")
    .description("list the releases on the nodes: which run, when and by whom they were switched to, how it went")
    .addOption(stackOption())
    .option("--json", "print one JSON object")
    .action(async ({ stack, json }: StackOption & { json?: boolean }) => {
      const outputs = await readStack(stack);
      const asked = await Promise.all(outputs.nodes.map((node) => ask(outputs, node)));
      const nodes = asked.flatMap(({ name, state }) => (state ? [{ name, state }] : []));
      const problems = asked.flatMap(({ problem }) => problem ?? []);
      const releases = reportReleases(nodes);
      if (json) process.stdout.write(`${JSON.stringify({ releases, problems }, null, 2)}\n`);
      else process.stdout.write(releases.length > 0 ? `${releasesTable(releases)}\n` : "There is no release yet.\n");
      for (const problem of problems) process.stderr.write(`${problem}\n`);
      if (nodes.length === 0) process.exitCode = 1;
    });
}

/** A node that does not answer is a problem to show beside the others. */
async function ask(
  outputs: StackOutputs,
  node: StackNode,
): Promise<{ name: string; state?: NodeState; problem?: string }> {
  try {
    const open = await DeployNode.open(sshTarget(outputs, node));
    open.close();
    return { name: node.name, state: open.state };
  } catch (error) {
    return { name: node.name, problem: (error as Error).message };
  }
}
