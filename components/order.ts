import type { Node } from "./node";

/** The same role on several nodes, each built after the one before it, so that a change never disturbs two at a time. */
export function inTurn<T>(nodes: Node[], build: (node: Node, before?: T) => T): T[] {
  const built: T[] = [];
  for (const node of nodes) built.push(build(node, built.at(-1)));
  return built;
}
