import type { Lineage } from "../election/lineage";
import type { Lsn } from "./lsn";

/** What this node's PostgreSQL is seen to be. */
export type Look =
  /** There is no data. */
  | { state: "blank" }
  /** There is data, and no server. */
  | { state: "down" }
  /** It is starting, stopping, recovering from a crash of one of its processes, or not consistent yet. */
  | { state: "starting" }
  /** It takes a connection and does not answer. */
  | { state: "hung" }
  | Standby
  | Primary;

export interface Standby {
  state: "standby";
  systemId: string;
  /** The end of what it has replayed. */
  lsn: Lsn;
  /** The newest timeline of which it has log. */
  timeline: number;
  /** The node whose log it receives at this moment. */
  streamsFrom: string | null;
  /** It receives nothing, and has replayed all that it ever received: `lsn` is where its data ends. */
  settled: boolean;
}

export interface Primary {
  state: "primary";
  systemId: string;
  lsn: Lsn;
  timeline: number;
  standbys: { name: string; flushed: Lsn | null }[];
}

/** Whom a standby follows, and whom a primary's commits wait for: what the agent alone decides of PostgreSQL's settings. */
export interface Course {
  follow: string | null;
  /** In which term it leads; default: 0, as good as none. It has slots for those who follow it in that term, and serves nobody else. */
  term?: number;
  synchronousStandbyNames: string;
}

/** The data could not be replaced, and nothing of it was changed. */
export class Untouched extends Error {}

/** This node's PostgreSQL. It is only ever started as a standby; `promote` alone makes it a primary. */
export interface Database {
  /** The course that was steered last. */
  readonly course: Course;
  /** Never throws. */
  look(): Promise<Look>;
  /** Writes the course down and has the server, if one runs, take it up. */
  steer(course: Course): Promise<void>;
  /** Resolves when it runs, whether or not it takes sessions already. @throws Error when it does not run */
  start(): Promise<void>;
  /** Resolves when no process of it is left that could be ended; "immediate" leaves a crash to recover from. */
  stop(how: "fast" | "immediate"): Promise<void>;
  /** @throws Error when it is no primary in time */
  promote(): Promise<void>;
  /** Makes new, empty data. */
  initialise(): Promise<void>;
  /**
   * Makes this node's data a copy of a peer's. A server may run until `giveUp`, which is called right before what was there
   * goes; if it throws, nothing does.
   */
  clone(from: string, giveUp: () => Promise<void>): Promise<void>;
  /**
   * Takes back what this node's data has beyond its common history with a peer's. The server is stopped.
   * @throws Untouched when the data is as it was
   */
  rewind(from: string): Promise<void>;
  /** The lineage of the data on this timeline, by what is known and by PostgreSQL's own history file. */
  lineage(timeline: number, known: Lineage, term: number): Promise<Lineage>;
  /** Whether its disk has no room for more. */
  isFull(): Promise<boolean>;
  /** Resolves when a record has reached the disk. */
  write(): Promise<void>;
  /** Makes these nodes' replication slots, for this term, and no others: whoever streams by another is hung up on. */
  keepSlots(names: string[], term: number): Promise<void>;
  checkpoint(): Promise<void>;
  /** Begins a new file of the log, and waits a while for the standbys to have all that was in the last one. */
  freshLog(): Promise<void>;
  /** The age in seconds of the oldest transaction of a client; 0 without one. */
  oldestTransaction(): Promise<number>;
  /** Whether a setting waits for a restart. */
  needsRestart(): Promise<boolean>;
}
