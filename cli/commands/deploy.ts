import { Command } from "commander";
import { readManifest } from "../deploy/manifest";
import { DeployNode } from "../deploy/node";
import { openAll, ship, type ShipOptions } from "../deploy/ship";
import { list } from "../errors";
import { readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { sshTarget } from "../target";

export function deployCommand(): Command {
  return new Command("deploy")
    .description("ship an application to every node, one after the other")
    .argument("<directory>", "the application's, with its trivet.yaml")
    .addOption(stackOption())
    .option("-q, --quiet", "show no progress, only the end")
    .action((directory: string, options: StackOption & ShipOptions) => deploy(directory, options));
}

async function deploy(directory: string, { stack, quiet }: StackOption & ShipOptions): Promise<void> {
  const manifest = readManifest(directory);
  const outputs = await readStack(stack);
  const nodes = await openAll(outputs.nodes.map((node) => DeployNode.open(sshTarget(outputs, node))));
  try {
    const { release, changed } = await ship(directory, manifest, nodes, { quiet });
    const names = list(nodes.map((node) => node.name));
    process.stdout.write(
      changed
        ? `${manifest.name} ${release} runs on ${names}: ${outputs.url}\n`
        : `${manifest.name} ${release} already runs on ${names}; nothing changed.\n`,
    );
  } finally {
    nodes.forEach((node) => node.close());
  }
}
