import { list, UserError } from "../errors";
import { progress, step, stepOnEach } from "../progress";
import { withArchive } from "./archive";
import { contentHash, releaseFiles } from "./files";
import type { Manifest } from "./manifest";
import type { DeployNode } from "./node";
import { chooseRelease } from "./release";

const releasesKept = 5;

export interface Shipped {
  release: string;
  /** False when every node served this very content already, and nothing was done. */
  changed: boolean;
}

export interface ShipOptions {
  /** Shows no progress; default false. */
  quiet?: boolean;
}

/** Brings an application's directory to all nodes: together as far as it disturbs nobody, then one by one. */
export async function ship(
  directory: string,
  manifest: Manifest,
  nodes: readonly DeployNode[],
  { quiet = false }: ShipOptions = {},
): Promise<Shipped> {
  const files = await releaseFiles(directory);
  const content = contentHash(directory, files);
  const states = nodes.map((node) => node.releases);
  const release = chooseRelease(states, content, new Date());
  const waiting = nodes.filter((node) => !node.serves(release));
  if (waiting.length === 0) return { release, changed: false };
  await withArchive(directory, files, (archive) => run({ manifest, release, archive, nodes, waiting, quiet }));
  return { release, changed: true };
}

interface Shipment {
  manifest: Manifest;
  release: string;
  archive: string;
  nodes: readonly DeployNode[];
  /** Those that do not serve the release yet. */
  waiting: readonly DeployNode[];
  quiet: boolean;
}

async function run({ manifest, release, archive, nodes, waiting, quiet }: Shipment): Promise<void> {
  const lacking = waiting.filter((node) => !node.releases.ready.includes(release));
  const { migrate } = manifest;
  const [first] = waiting;
  // Where one node already runs the release, the cluster was migrated for it.
  const migrates = nodes.every((node) => node.releases.current !== release);

  const together = (verb: string) => ({ verb, order: "together" as const });
  const steps = [
    stepOnEach(`Upload ${manifest.name} ${release}`, lacking, together("upload"), (node) =>
      node.receive(release, archive),
    ),
    stepOnEach("Install packages", lacking, together("install"), (node) => node.install(release)),
    ...(migrates && migrate && first ? [step(`Migrate on ${first.name}`, () => first.migrate(release, migrate))] : []),
    stepOnEach("Switch and restart the workers", waiting, { verb: "switch", order: "one by one" }, (node) =>
      node.switchTo(release),
    ),
    stepOnEach(`Keep ${releasesKept} releases`, nodes, together("remove old releases"), (node) =>
      node.prune(releasesKept),
    ),
  ];
  await progress(steps, { quiet }).run();
}

/** All or none: before anything changes, every node must answer. Closes the others where one does not. */
export async function openAll(opening: Promise<DeployNode>[]): Promise<DeployNode[]> {
  const settled = await Promise.allSettled(opening);
  const nodes = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const faults = settled.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  const [first] = faults;
  if (!first) return nodes;
  nodes.forEach((node) => node.close());
  if (faults.length === 1) throw first;
  const ready = list(nodes.map((node) => node.name)) || "no node";
  throw new UserError(
    `${faults.length} nodes cannot take a release (ready: ${ready}); nothing was changed.`,
    faults.map((fault) => `  - ${fault.message}`).join("\n"),
  );
}
