import { comparePositions } from "../../agent/election/lineage";
import { list, UserError } from "../errors";
import { leaderOf, type AgentReport, type Asked } from "./agents";

interface Candidate {
  name: string;
  report: AgentReport;
}

/**
 * Who is to be made the primary without the others' votes: the one whose data reaches furthest of those that answer.
 * @param wanted an operator's choice
 * @throws UserError when there is a primary, or nobody who could be one
 */
export function whomToForce(asked: readonly Asked[], wanted?: string): string {
  const leader = leaderOf(asked);
  if (leader)
    throw new UserError(`${leader.node.name} is the primary, and a majority confirms it; there is nothing to force.`);
  const candidates = asked.flatMap(({ node, report }) =>
    report?.postgres.state === "standby" ? [{ name: node.name, report }] : [],
  );
  const names = candidates.map(({ name }) => name);
  if (candidates.length === 0)
    throw new UserError(`No node answers with a standby that could be made the primary. ${silences(asked)}`.trim());
  if (wanted !== undefined && !names.includes(wanted))
    throw new UserError(`${wanted} has no standby that answers; ${list(names)} ${names.length > 1 ? "have" : "has"}.`);
  return wanted ?? candidates.reduce((best, next) => (compare(next, best) > 0 ? next : best)).name;
}

const silences = (asked: readonly Asked[]): string =>
  asked.flatMap(({ silence }) => (silence ? [`${silence}.`] : [])).join(" ");

function compare(a: Candidate, b: Candidate): number {
  const position = ({ report: { postgres } }: Candidate) => ({
    term: postgres.dataTerm ?? 0,
    timeline: 0,
    lsn: postgres.position ?? "0/0",
  });
  return comparePositions(position(a), position(b));
}
