import type { Look } from "./postgres/database";
import type { Timing } from "./timing";

export interface Conduct {
  look: Look;
  /** It has taken office: its PostgreSQL is to be the primary. */
  ready: boolean;
  /** A majority has confirmed it recently enough. */
  holds: boolean;
  /** For how long PostgreSQL has not been seen as a primary that answers, in milliseconds. */
  unsound: number;
  /** Its disk is full, and that of a standby that could succeed it is not. */
  full: boolean;
  /** For how long no record has reached the disk, in milliseconds; since its election, while it takes office. */
  unwritten: number;
}

export interface Verdict {
  why: string;
  /** How its PostgreSQL ends; what is not in a hurry leaves its successor time to receive all that there is. */
  how: "fast" | "immediate";
}

/** Why a leader must be none any more; null while all is well. */
export function leaderVerdict(conduct: Conduct, timing: Timing): Verdict | null {
  const why = fault(conduct, timing);
  if (why) return { why, how: "immediate" };
  return conduct.full && conduct.ready && conduct.look.state === "primary"
    ? { why: "the disk is full", how: "fast" }
    : null;
}

function fault({ look, ready, holds, unsound, unwritten }: Conduct, timing: Timing): string | null {
  if (!holds) return "no majority confirms it";
  if (!ready) return unwritten > timing.stuck ? "it does not become the primary" : null;
  switch (look.state) {
    case "down":
    case "blank":
      return "PostgreSQL has ended";
    case "standby":
      return "PostgreSQL was restarted by somebody else";
    case "starting":
      return unsound > timing.crashRestart ? "PostgreSQL does not come back from its crash" : null;
    case "hung":
      return unsound > timing.hung ? "PostgreSQL does not answer" : null;
    case "primary":
      return unwritten > timing.hung ? "the disk takes no writes" : null;
  }
}
