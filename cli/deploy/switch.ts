import { list, UserError } from "../errors";
import { stepOnEach, type Step } from "../progress";
import type { DeployLock } from "./lock";
import type { DeployNode, Errand } from "./node";
import { orderOf, rotationPatience, untilIn } from "./rotation";
import { inRotation } from "./state";

export interface Switch {
  release: string;
  /** All that take part. */
  nodes: readonly DeployNode[];
  errand: Errand;
  lock: DeployLock;
  /** Gets what should be said at the end. */
  note: (line: string) => void;
  /** In seconds; default 30. */
  patience?: number;
}

/**
 * One node after the other: the release, then the node back in rotation; and none is touched while another, that took
 * requests before, does not.
 */
export function switchStep({ release, nodes, errand, lock, note, patience = rotationPatience }: Switch): Step {
  const order = orderOf(nodes);
  const taking = new Set(nodes.filter(({ state }) => inRotation(state)));
  const done: DeployNode[] = nodes.filter((node) => node.serves(release));
  const waiting = order.filter((node) => !node.serves(release));
  const how = { verb: "switch", order: "one by one" } as const;
  return stepOnEach("Switch and restart the workers", waiting, how, async (node, report) => {
    try {
      report("waiting for the others");
      for (const other of taking) {
        if (other === node) continue;
        await untilIn(other, `${other.name} went out of rotation, so ${node.name} was not switched`, patience);
      }
      lock.assertHeld();
      (await node.switchTo(release, errand, report)).forEach(note);
      report("waiting until it takes requests");
      const late = `${node.name} runs ${release}, but is not back in rotation after ${patience} s`;
      await untilIn(node, late, patience);
      taking.add(node);
      done.push(node);
    } catch (error) {
      throw halfway(error, done, release, errand);
    }
  });
}

/** Where some nodes have the release and others do not, that is part of the fault. */
function halfway(error: unknown, done: readonly DeployNode[], release: string, { how }: Errand): unknown {
  if (!(error instanceof UserError) || done.length === 0) return error;
  const names = list(done.map(({ name }) => name));
  const mend =
    how === "deploy" ? `mend it and deploy again, or return with "trivet rollback"` : "mend it and run it again";
  return new UserError(
    `${error.message.replace(/\.$/, "")}. ${names} already ${done.length === 1 ? "runs" : "run"} ${release}; ${mend}.`,
    error.details,
  );
}
