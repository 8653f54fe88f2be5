import type { AbleAnswer } from "../wire/messages";

/** A worker that answers its check with 2xx is well; with anything else, or too late, unwell; dead when nothing answers at all. */
export type WorkerState = "well" | "unwell" | "dead";

/** What a node sees of itself and of the others, once a second. */
export interface Look {
  /** By the agent's clock. */
  at: number;
  /** By their ports. */
  workers: Record<string, WorkerState>;
  /** Whether a query finds a primary; null where this node cannot ask. */
  database: boolean | null;
  /** Whether redis' master answers; null where this node cannot ask. */
  redis: boolean | null;
  /** nginx passes requests on to the other nodes' workers for now. */
  aside: boolean;
  /** Who wants the node out of rotation. */
  drains: string[];
  peers: PeerSeen[];
}

export interface PeerSeen {
  name: string;
  /** What it said of itself; null when it has said nothing lately. */
  says: AbleAnswer | null;
}

/** What keeps this node's own workers from answering everything, a few words each. */
export function lacks({ workers, database, redis }: Look): string[] {
  const states = Object.values(workers);
  return [
    ...(states.includes("well") ? [] : [isDead(states) ? "no living worker" : "no worker that is well"]),
    ...(database === false ? ["no way to the database's primary"] : []),
    ...(redis === false ? ["no way to redis' master"] : []),
  ];
}

export const isDead = (workers: WorkerState[]): boolean => workers.every((state) => state === "dead");
