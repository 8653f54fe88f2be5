import { askAll, leaderOf, type Asked } from "../agents/agents";
import { UserError } from "../errors";
import { nodeNamed, type StackNode, type StackOutputs } from "../stack";

const remedy = `"npx trivet status" says what is wrong`;

/** The node where psql belongs: the primary, or the given one, which must hold data. @throws UserError where there is none */
export async function databaseNode(stack: string, outputs: StackOutputs, given?: string): Promise<StackNode> {
  if (given !== undefined) return dataNode(stack, outputs, given);
  const leader = leaderOf(await askAll(outputs));
  if (leader) return leader.node;
  throw new UserError(`No node is the primary; ${remedy}, and --node NODE opens a standby, to read.`);
}

/** A node with redis: the given one, or any that answers. @throws UserError where there is none */
export async function storeNode(stack: string, outputs: StackOutputs, given?: string): Promise<StackNode> {
  if (given !== undefined) return dataNode(stack, outputs, given);
  const found = (await askAll(outputs)).find(({ report }) => report?.data);
  if (found) return found.node;
  throw new UserError(`No data node answers; ${remedy}.`);
}

/** Where a command runs: on the given node, or on one that answers. @throws UserError where there is none */
export async function commandNode(stack: string, outputs: StackOutputs, given?: string): Promise<StackNode> {
  if (given !== undefined) return nodeNamed(stack, outputs.nodes, given);
  const found = leastBusy(await askAll(outputs));
  if (found) return found.node;
  throw new UserError(`No node answers; ${remedy}.`);
}

/** Of those that answer, rather one without the primary, which has the most to do. */
export function leastBusy(asked: readonly Asked[]): Asked | undefined {
  const answering = asked.filter(({ report }) => report !== null);
  return answering.find(({ report }) => report?.role !== "leader") ?? answering[0];
}

async function dataNode(stack: string, outputs: StackOutputs, name: string): Promise<StackNode> {
  const node = nodeNamed(stack, outputs.nodes, name);
  const [asked] = await askAll({ ...outputs, nodes: [node] });
  if (asked?.report?.data !== false) return node;
  throw new UserError(`${name} holds no data; PostgreSQL and redis run on other nodes.`);
}
