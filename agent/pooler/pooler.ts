/** Where the clients of a node's pooler go. */
export type Route =
  /** To the primary, at this address. */
  | { to: "primary"; ip: string }
  /** To this node's own standby: they can read. */
  | { to: "reads"; ip: string }
  /** Nowhere for now: they wait. */
  | { to: "nobody" };

/** A node's pgbouncer. */
export interface Pooler {
  /** @throws Error when it does not run or does not take the route */
  lead(route: Route): Promise<void>;
  /** Lets no client begin a transaction; true when none is in one any more, false when that took too long. */
  hold(milliseconds: number): Promise<boolean>;
  /** Forgets what it was told, as after a restart of its own; told again, it does it again. */
  readonly route: Route | null;
}
