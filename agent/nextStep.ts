import { kinship, type Lineage, type Position } from "./election/lineage";
import type { Look, Standby } from "./postgres/database";
import type { Timing } from "./timing";

/** What a node that does not lead goes by. */
export interface Situation {
  look: Look;
  /** How far its data reaches, if it answers. */
  position: Position | undefined;
  /** Of its data. */
  lineage: Lineage;
  /** The leader, if one takes writes and was heard within the time of the promise. */
  leader: { name: string; systemId: string; lineage: Lineage } | null;
  /** The identity of the data that this node knows to be the cluster's. */
  systemId: string | null;
  /** The node's data was here before its agent, which therefore knows nothing about it. */
  unproven: boolean;
  /** The replacement of its data has broken off, or its end was not noted. */
  broken: boolean;
  /** Whom its PostgreSQL is set to follow. */
  follows: string | null;
  /** For how long it has not been what it should be, in milliseconds. */
  since: number;
  /** How often in a row it was rewound, or started, in vain. */
  rewinds: number;
  starts: number;
}

export type Step =
  | { do: "nothing" }
  | { do: "start" }
  /** Ends a PostgreSQL that must not go on as it is; it starts again as a standby. */
  | { do: "stop" }
  /** Lets it take no more log from whom it followed: only then it is known where its data ends. */
  | { do: "settle" }
  | { do: "follow" | "rewind" | "clone"; from: string; why: string }
  /** Leaves it as it is, and says why and what an operator can do. */
  | { do: "refuse"; why: string };

const nothing: Step = { do: "nothing" };
const enough = 3;

/** The least change that makes this node a standby of its leader. */
export function nextStep(situation: Situation, timing: Timing): Step {
  const { look, leader, since, starts } = situation;
  switch (look.state) {
    case "primary":
      return { do: "stop" };
    case "hung":
      return since > timing.hung ? { do: "stop" } : nothing;
    case "starting":
      // Rewound to a leader of the past, it waits for that one's log; another's in its place would fit by its numbers alone.
      if (situation.broken && leader && situation.follows !== leader.name && since > timing.crashRestart)
        return { do: "clone", from: leader.name, why: "the log that would complete the data here does not come" };
      return nothing;
    case "blank":
      return leader ? { do: "clone", from: leader.name, why: "there is no data here" } : nothing;
    case "down":
      if (situation.unproven) return foreign(situation);
      if (situation.broken)
        return leader ? { do: "clone", from: leader.name, why: "the data here is half replaced" } : nothing;
      if (leader && starts >= 2 * enough)
        return { do: "clone", from: leader.name, why: "PostgreSQL does not start with the data here" };
      if (starts < enough || since > timing.stuck) return { do: "start" };
      return { do: "refuse", why: "PostgreSQL does not start; journalctl -u postgresql@17-main says why" };
    case "standby":
      return leader ? asStandby(situation, look, leader, timing) : nothing;
  }
}

function asStandby(
  situation: Situation,
  look: Standby,
  leader: NonNullable<Situation["leader"]>,
  timing: Timing,
): Step {
  const { position, follows, since, rewinds } = situation;
  const from = leader.name;
  if (situation.unproven || look.systemId !== leader.systemId) return foreign(situation);
  if (look.streamsFrom === from && follows === from) return nothing;
  // What it has yet to replay, or is just receiving, may be what the leader's history has not.
  if (follows !== from && !look.settled) return follows === null ? nothing : { do: "settle" };
  // Rewound, it is about to stream.
  if (situation.broken && follows === from && since <= timing.stuck) return nothing;
  if (!position) return { do: "clone", from, why: "nobody knows what the data here is" };
  switch (kinship(position, leader.lineage, situation.lineage)) {
    case "conflicting":
      return { do: "clone", from, why: "a timeline here has the number of another leader's" };
    case "diverged":
      if (rewinds >= enough) return { do: "clone", from, why: "rewinding failed" };
      return {
        do: "rewind",
        from,
        why: `${position.lsn} of timeline ${position.timeline} is not in ${from}'s history`,
      };
    case "ancestor":
      if (follows !== from) return { do: "follow", from, why: `${from} leads` };
      if (since > 2 * timing.stuck)
        return { do: "clone", from, why: `${from} does not have the log that is missing here` };
      return nothing;
  }
}

function foreign({ look, leader, systemId }: Situation): Step {
  const own =
    look.state === "standby"
      ? ` (system identifier ${look.systemId}; the cluster's is ${leader?.systemId ?? systemId ?? "unknown"})`
      : "";
  return {
    do: "refuse",
    why: `the data here is not known to be this cluster's${own}; to replace it by a copy of the primary's: trivet reclone`,
  };
}
