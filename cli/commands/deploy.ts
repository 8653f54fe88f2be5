import { Command } from "commander";
import { withArchive } from "../deploy/archive";
import { contentHash, releaseFiles } from "../deploy/files";
import { readManifest, type Manifest } from "../deploy/manifest";
import { DeployNode } from "../deploy/node";
import { chooseRelease } from "../deploy/release";
import { list, UserError } from "../errors";
import { onEach, progress } from "../progress";
import { readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";
import { sshTarget } from "../target";

const releasesKept = 5;

export function deployCommand(): Command {
  return new Command("deploy")
    .description("ship an application to every node, one after the other")
    .argument("<directory>", "the application's, with its trivet.yaml")
    .addOption(stackOption())
    .action((directory: string, { stack }: StackOption) => deploy(directory, stack));
}

async function deploy(directory: string, stack: string): Promise<void> {
  const manifest = readManifest(directory);
  const files = await releaseFiles(directory);
  const content = contentHash(directory, files);
  const outputs = await readStack(stack);
  const nodes = await openAll(outputs.nodes.map((node) => () => DeployNode.open(sshTarget(outputs, node))));
  try {
    const states = nodes.map((node) => node.releases);
    const release = chooseRelease(states, content, new Date());
    const names = list(nodes.map((node) => node.name));
    if (nodes.every((node) => node.serves(release))) {
      process.stdout.write(`${manifest.name} ${release} already runs on ${names}; nothing changed.\n`);
      return;
    }
    await withArchive(directory, files, (archive) => ship({ manifest, release, nodes, archive }));
    process.stdout.write(`${manifest.name} ${release} runs on ${names}: ${outputs.url}\n`);
  } finally {
    nodes.forEach((node) => node.close());
  }
}

/** All or none: before anything changes, every node must answer. */
async function openAll(openers: (() => Promise<DeployNode>)[]): Promise<DeployNode[]> {
  const settled = await Promise.allSettled(openers.map((open) => open()));
  const nodes = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const faults = settled.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  const [first, ...others] = faults;
  if (!first) return nodes;
  nodes.forEach((node) => node.close());
  if (others.length === 0) throw first;
  throw new UserError(
    `${faults.length} nodes are not ready for a deploy; nothing was changed.`,
    faults.map((fault) => `  - ${fault.message}`).join("\n"),
  );
}

interface Shipment {
  manifest: Manifest;
  release: string;
  nodes: DeployNode[];
  archive: string;
}

async function ship({ manifest, release, nodes, archive }: Shipment): Promise<void> {
  const missing = nodes.filter((node) => !node.releases.ready.includes(release));
  const waiting = nodes.filter((node) => !node.serves(release));
  const [first] = waiting;
  const { migrate } = manifest;
  // Where one node already runs the release, the cluster was migrated for it.
  const migrates = migrate !== undefined && nodes.every((node) => node.releases.current !== release);

  await progress([
    {
      title: `Upload ${manifest.name} ${release}`,
      enabled: missing.length > 0,
      task: (_, step) => onEach(step, missing, "together", (node) => node.receive(release, archive)),
    },
    {
      title: "Install packages",
      enabled: missing.length > 0,
      task: (_, step) => onEach(step, missing, "together", (node) => node.install(release, manifest.health)),
    },
    {
      title: `Migrate on ${first?.name}`,
      enabled: migrates,
      task: () => first?.migrate(release, migrate ?? ""),
    },
    {
      title: "Switch and restart the workers",
      task: (_, step) => onEach(step, waiting, "one by one", (node) => node.switchTo(release)),
    },
    {
      title: `Keep ${releasesKept} releases`,
      task: async () => void (await Promise.all(nodes.map((node) => node.prune(releasesKept)))),
    },
  ]).run();
}
