import { list, UserError } from "../errors";
import { progress } from "../progress";
import { lastGood } from "./history";
import type { DeployNode } from "./node";
import { withLock } from "./nodes";
import type { Shipped, ShipOptions } from "./ship";
import { switchStep } from "./switch";

/**
 * Returns to a release that is still on all nodes: the one that is asked for, else the last good one. Nothing is built,
 * uploaded or migrated.
 */
export async function rollback(
  nodes: readonly DeployNode[],
  wanted: string | undefined,
  options: ShipOptions = {},
): Promise<Shipped> {
  const choose = () => wanted ?? lastGood(nodes.map((node) => node.state));
  return withLock(nodes, { how: "rollback", release: choose() ?? "no release" }, async (lock, errand) => {
    const release = choose();
    if (release === undefined) {
      throw new UserError(
        `There is no release to return to that was healthy on every node and is still on all of them; ` +
          `"trivet releases" lists those there are. Nothing was changed.`,
      );
    }
    const lacking = nodes.filter((node) => !node.state.ready.includes(release)).map(({ name }) => name);
    if (lacking.length > 0) {
      throw new UserError(
        `There is no release "${release}" on ${list(lacking)}; "trivet releases" lists those there are. Nothing was changed.`,
      );
    }
    if (nodes.every((node) => node.serves(release))) return { release, changed: false, notes: [] };
    const notes: string[] = [];
    const switching = switchStep({
      ...{ release, nodes, errand, lock, patience: options.patience },
      note: (line) => notes.push(line),
    });
    await progress([switching], options).run();
    return { release, changed: true, notes };
  });
}
