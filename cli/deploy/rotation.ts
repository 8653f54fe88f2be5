import { UserError } from "../errors";
import type { DeployNode } from "./node";
import { inRotation, whyOut } from "./state";

/** How long a node may take until the load balancer may send it requests again, in seconds. */
export const rotationPatience = 30;

/** Resolves when the node takes requests. `sentence`: what it means that it does not. */
export async function untilIn(node: DeployNode, sentence: string, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!inRotation(await node.look())) {
    if (Date.now() >= end) throw new UserError(`${sentence} (${whyOut(node.state)}).`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(1000, seconds * 100)));
  }
}

/**
 * In which order nodes take a release: first those whose workers do not answer, which have nothing to lose.
 * @throws UserError when a node takes no requests for a reason that no release mends: then one more would be missed
 */
export function orderOf(nodes: readonly DeployNode[]): DeployNode[] {
  const out = nodes.filter(({ state }) => !inRotation(state));
  for (const { name, state } of out) {
    if (!state.healthy) continue;
    throw new UserError(
      `${name} is out of rotation (${whyOut(state)}), so nothing was changed; ` +
        `bring it back, or leave it out with "--without ${name}".`,
    );
  }
  return [...out, ...nodes.filter((node) => !out.includes(node))];
}
