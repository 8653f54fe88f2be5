/**
 * The nodes whose confirmation a commit may wait for. It is part of what an election must know: the more of them a commit
 * needs, the fewer a candidate has to hear.
 */
export interface Membership {
  /** Of the leader that changed it last, and a count of its changes: of two memberships the later one holds. */
  term: number;
  change: number;
  names: string[];
}

export const isLater = (a: Membership, b: Membership): boolean =>
  a.term > b.term || (a.term === b.term && a.change > b.change);

export const majority = (voters: number): number => Math.floor(voters / 2) + 1;

/** How many other members must have a commit on disk before it is acknowledged: with the leader, a majority. */
export const confirmations = (members: readonly string[]): number => Math.floor(members.length / 2);

/** How many members' data a candidate must know, its own included, so that at least one of them has every commit. */
export const witnesses = (members: readonly string[]): number => members.length - confirmations(members);

/** PostgreSQL's setting. The leader's own name may stand in it: it never connects to itself. */
export function synchronousStandbyNames(members: readonly string[]): string {
  const count = confirmations(members);
  return count === 0 ? "" : `ANY ${count} (${members.map((name) => `"${name}"`).join(", ")})`;
}

/**
 * In which order a change is made. At every moment of it, what a commit needs and what a candidate must hear have to
 * overlap, whichever of the two memberships the candidate knows. When commits will need more, they do so first, and the
 * new member has caught up, before any voter counts on it; when they will not, the voters know first.
 */
export function changeOrder(before: readonly string[], after: readonly string[]): "commits first" | "voters first" {
  const grows = after.length > before.length;
  const needsMore = confirmations(after) > confirmations(before);
  const needsLess = confirmations(after) < confirmations(before);
  if (grows) return needsMore ? "commits first" : "voters first";
  return needsLess ? "voters first" : "commits first";
}
