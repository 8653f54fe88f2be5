import type { Route } from "./pooler";

export interface Scene {
  /** The leader's address, when this node has heard it within the time of its promise and it takes writes; or this node's own, leading. */
  primary: string | null;
  /** For how long there has been none, in milliseconds. */
  without: number;
  /** Clients were asked to wait until the primary has moved. */
  held: boolean;
  /** This node's address, when its own standby answers. */
  standby: string | null;
  /** After how long without a primary clients may read from the standby. */
  reads: number;
}

/** A failover is a wait. Where it does not end, the node lets its clients read, and tells them that they cannot write. */
export function route({ primary, without, held, standby, reads }: Scene): Route {
  if (held) return { to: "nobody" };
  if (primary !== null) return { to: "primary", ip: primary };
  if (standby !== null && without >= reads) return { to: "reads", ip: standby };
  return { to: "nobody" };
}

export const sameRoute = (a: Route | null, b: Route): boolean =>
  a !== null && a.to === b.to && ("ip" in a ? a.ip : "") === ("ip" in b ? b.ip : "");
