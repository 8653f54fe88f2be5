import type { Asked } from "../agents/agents";
import { list, UserError } from "../errors";

/**
 * Refuses to do without a node while no other one serves.
 * @param strictly refuses as soon as a single other one does not
 * @throws UserError that says who does not serve, and why
 */
export function refuseWithoutOthers(asked: readonly Asked[], name: string, { strictly }: { strictly: boolean }): void {
  const others = asked.filter(({ node }) => node.name !== name);
  if (others.length === 0)
    throw new UserError(`${name} is the only node: without it nobody serves. Add --force to do it.`);
  const missing = others.filter(({ report }) => report?.health?.in !== true);
  if (missing.length === 0 || (!strictly && missing.length < others.length)) return;
  const what = strictly ? "The others have to serve meanwhile" : "No other node would serve";
  throw new UserError(`${what}, but ${list(missing.map(reason))}. Mend that first, or add --force.`);
}

function reason({ node, report }: Asked): string {
  if (!report) return `${node.name} does not answer`;
  if (!report.health) return `${node.name}'s agent is too old to tell its health (run "pulumi up")`;
  return `${node.name} is out of rotation (${inSentence(report.health.why)})`;
}

/** A sentence as a part of another one. */
export const inSentence = (sentence: string): string =>
  `${sentence.slice(0, 1).toLowerCase()}${sentence.slice(1).replace(/\.$/, "")}`;
