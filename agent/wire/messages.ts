import type { Lineage, Position } from "../election/lineage";
import type { Membership } from "../election/membership";

/** What agents ask each other. Every call names the term that its sender is in. */

/** A leader's word, twice a second, to every node. */
export interface Heartbeat {
  term: number;
  leader: string;
  /** Whether its PostgreSQL takes writes yet, and who follows it finds the whole lineage here. */
  ready: boolean;
  /** PostgreSQL's identity of the data. */
  systemId: string;
  lineage: Lineage;
  membership: Membership;
}

export interface HeartbeatAnswer {
  /** The term that the answering node is in: when it is later than the leader's, the leader is none any more. */
  term: number;
  /** Whether the node has taken and kept what the heartbeat said. */
  accepted: boolean;
  /** The node's disk is full, so it should lead only where all are. */
  full?: true;
}

export interface VoteRequest {
  term: number;
  candidate: string;
  position: Position;
  /** Only to learn whether it would be granted. Nothing changes. */
  trial: boolean;
}

export interface VoteAnswer {
  voter: string;
  term: number;
  granted: boolean;
  /** Why not. */
  reason?: string;
  /** How far the voter's own data reaches, and will until it follows the next leader. Absent when it has none, or does not know. */
  position?: Position;
  membership: Membership;
}

/** A leader that is none any more releases its voters from their promise. */
export interface Resignation {
  term: number;
  leader: string;
  /** Who should stand first. */
  successor?: string;
}

/** Whether a node has anything that a new cluster would destroy. */
export interface BlankAnswer {
  /** Absent when it is blank. */
  reason?: string;
}

/** The first leader's word: there is a cluster now. */
export interface Founding {
  term: number;
  leader: string;
}

/** Clients of the database are to wait, for no longer than this many milliseconds; 0 ends it. */
export interface Pause {
  term: number;
  milliseconds: number;
}

export interface PauseAnswer {
  /** Whether no client of this node is in a transaction any more. */
  paused: boolean;
}

/** What a node says of its health, for the others' verdicts on themselves (agent/health). */
export interface AbleAnswer {
  /** Whether its own workers can answer everything: one is well, and database and redis are within reach. */
  able: boolean;
  /** Whether the load balancer is told to send it requests. */
  in: boolean;
}

/** Each call by its path. */
export interface Calls {
  heartbeat: [Heartbeat, HeartbeatAnswer];
  vote: [VoteRequest, VoteAnswer];
  resign: [Resignation, Record<string, never>];
  blank: [Record<string, never>, BlankAnswer];
  found: [Founding, Record<string, never>];
  pause: [Pause, PauseAnswer];
  able: [Record<string, never>, AbleAnswer];
}

export type Call = keyof Calls;

/** How one agent reaches another. */
export interface Wire {
  /** @throws Error when the peer does not answer in time, or refuses */
  call<C extends Call>(peer: string, call: C, body: Calls[C][0]): Promise<Calls[C][1]>;
}
