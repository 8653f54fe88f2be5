import type { VoteRequest } from "../wire/messages";
import { comparePositions, type Position } from "./lineage";

/** What a voter knows when it is asked for its vote. */
export interface Standing {
  blank: boolean;
  leading: boolean;
  term: number;
  votedFor: string | null;
  /** The leader whose word it has, and which it will wait for. */
  promisedTo: string | null;
  /** How far its own data reaches, if it knows. */
  position: Position | undefined;
}

/** Why the vote is refused; null when it is granted. */
export function judge(request: VoteRequest, voter: Standing): string | null {
  const { term, candidate, position, trial } = request;
  if (voter.blank) return "I know no cluster yet";
  if (term < voter.term || (trial && term === voter.term)) return `I am in term ${voter.term}`;
  if (voter.leading) return "I lead";
  if (voter.promisedTo !== null && voter.promisedTo !== candidate) return `I have heard ${voter.promisedTo}`;
  if (term === voter.term && voter.votedFor !== null && voter.votedFor !== candidate)
    return `I voted for ${voter.votedFor}`;
  if (voter.position && comparePositions(voter.position, position) > 0) {
    return `my data reaches ${voter.position.lsn} of term ${voter.position.term}`;
  }
  return null;
}
