import { list, UserError } from "../errors";
import { nodeNamed, type StackNode, type StackOutputs } from "../stack";
import { sshTarget } from "../target";
import { DeployLock, whoAmI } from "./lock";
import { DeployNode, type Errand } from "./node";

/** The stack's nodes but those that are left out. @throws UserError for a name that is none, and when none is left */
export function nodesWithout(stack: string, { nodes }: StackOutputs, without: readonly string[]): StackNode[] {
  for (const name of without) nodeNamed(stack, nodes, name);
  const left = nodes.filter(({ name }) => !without.includes(name));
  if (left.length === 0) throw new UserError(`Every node is left out by --without; leave one.`);
  return left;
}

/** Opens the nodes, does the work, and closes them whatever comes of it. */
export async function withNodes<T>(
  outputs: StackOutputs,
  nodes: readonly StackNode[],
  work: (nodes: DeployNode[]) => Promise<T>,
): Promise<T> {
  const open = await openAll(
    nodes.map((node) => ({ name: node.name, opening: DeployNode.open(sshTarget(outputs, node)) })),
  );
  try {
    return await work(open);
  } finally {
    open.forEach((node) => node.close());
  }
}

/** All or none: before anything changes, every node must answer. Closes the others where one does not. */
export async function openAll(asked: { name: string; opening: Promise<DeployNode> }[]): Promise<DeployNode[]> {
  const settled = await Promise.allSettled(asked.map(({ opening }) => opening));
  const nodes = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const faults = settled.flatMap((result, at) =>
    result.status === "rejected" ? [{ name: asked[at]?.name ?? "", fault: result.reason as Error }] : [],
  );
  const [first] = faults;
  if (!first) return nodes;
  nodes.forEach((node) => node.close());
  if (faults.some(({ fault }) => !(fault instanceof UserError))) throw first.fault;
  const ready = list(nodes.map((node) => node.name)) || "no node";
  const without = faults.map(({ name }) => `--without ${name}`).join(" ");
  const remedy = nodes.length > 0 ? `; mend it, or go on with "${without}"` : "";
  throw new UserError(
    `${list(faults.map(({ name }) => name))} cannot take a release (ready: ${ready}), so nothing was changed${remedy}.`,
    faults.map(({ fault }) => `  - ${fault.message}`).join("\n"),
  );
}

/** Holds all nodes while the work lasts; what they have is asked anew, because another deploy may just have ended. */
export async function withLock<T>(
  nodes: readonly DeployNode[],
  { how, release }: { how: Errand["how"]; release: string },
  work: (lock: DeployLock, errand: Errand) => Promise<T>,
): Promise<T> {
  const by = whoAmI();
  const lock = await DeployLock.take(nodes, { owner: by, what: how, since: new Date().toISOString(), release });
  try {
    await Promise.all(nodes.map((node) => node.look()));
    return await work(lock, { by, how });
  } finally {
    await lock.release();
  }
}
