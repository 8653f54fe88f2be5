import { UserError } from "../errors";
import { progress, step, stepOnEach, type ProgressOptions } from "../progress";
import type { Application } from "./application";
import { lastGood } from "./history";
import type { DeployNode } from "./node";
import { withLock } from "./nodes";
import { chooseRelease, releasesToKeep } from "./release";
import { switchStep } from "./switch";
import { Upload } from "./upload";

const releasesKept = 5;
/** What a node's disk keeps free, as a share of its size. */
const diskReserve = 0.1;

export interface Shipped {
  release: string;
  /** False when every node served this very content already, and nothing was done. */
  changed: boolean;
  /** What should be said of it, a sentence each. */
  notes: string[];
}

export interface ShipOptions extends ProgressOptions {
  /** How long a node may take to get back into rotation, in seconds; default 30. */
  patience?: number;
}

/** Brings an application to all nodes: together as far as it disturbs nobody, then one by one. */
export async function ship(
  application: Application,
  nodes: readonly DeployNode[],
  options: ShipOptions = {},
): Promise<Shipped> {
  const choose = () =>
    chooseRelease(
      nodes.map((node) => node.state),
      application.hash,
      new Date(),
    );
  return withLock(nodes, { how: "deploy", release: choose() }, async (lock, errand) => {
    const release = choose();
    const waiting = nodes.filter((node) => !node.serves(release));
    if (waiting.length === 0) return { release, changed: false, notes: [] };
    const lacking = nodes.filter((node) => !node.state.ready.includes(release));
    refuseFullDisks(application, lacking);

    const notes: string[] = [];
    const together = (verb: string) => ({ verb, order: "together" as const });
    const { name, migrate } = application;
    const [first] = nodes;
    // Refuses before anything is sent.
    const switching = switchStep({
      ...{ release, nodes, errand, lock, patience: options.patience },
      note: (line) => notes.push(line),
    });
    await Upload.with(application, async (upload) => {
      const steps = [
        stepOnEach(`Keep ${releasesKept} releases`, nodes, together("make room"), (node) =>
          node.prune(keptOn(node, nodes, release)),
        ),
        stepOnEach(`Upload ${name} ${release}`, lacking, together("upload"), (node) => node.receive(release, upload)),
        stepOnEach("Install packages", lacking, together("install"), (node) => node.install(release, application)),
        ...(migrate && first
          ? [
              step(`Migrate on ${first.name}`, async (report) => {
                lock.assertHeld();
                await first.migrate(release, migrate, errand.by, report);
              }),
            ]
          : []),
        switching,
      ];
      await progress(steps, options).run();
    });
    return { release, changed: true, notes };
  });
}

function keptOn({ state }: DeployNode, nodes: readonly DeployNode[], release: string): string[] {
  const needed = [release, state.current, lastGood(nodes.map((node) => node.state))];
  return releasesToKeep(state.ready, { count: releasesKept, needed });
}

/** A release is on the disk twice while it is unpacked and installed; a full disk would stop the database. */
function refuseFullDisks({ bytes }: Application, nodes: readonly DeployNode[]): void {
  const faults = nodes.flatMap(({ name, state: { disk } }) => {
    const room = Math.floor(disk.free - disk.size * diskReserve);
    return 2 * bytes > room ? [`  - ${name}: ${mebibytes(Math.max(0, room))} are free beyond the reserve`] : [];
  });
  if (faults.length === 0) return;
  throw new UserError(
    `The release has ${mebibytes(bytes)} and needs twice that on every node, with a tenth of the disk left free; ` +
      `nothing was changed.`,
    faults.join("\n"),
  );
}

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
