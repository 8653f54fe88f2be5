/**
 * What a client did, one JSON line each. `at` is in milliseconds since 1970, counted on without steps from the client's
 * start; all machines and this host have one clock. `client` is `<node>/<kind>`.
 */
export type DrillEvent =
  | { at: number; client: string; id: number; what: "attempt" }
  | { at: number; client: string; id: number; what: "acknowledged" }
  | { at: number; client: string; id: number; what: "failed" | "unknown"; error: string }
  /** The node's own answer to "are you primary?", asked at `asked`; without `primary` when it gave none. */
  | { at: number; client: string; what: "claim"; asked: number; primary?: boolean };

export type ClientKind = "pooler" | "direct" | "redis" | "claim";

/** One client of a writer: where it connects, as whom, and how long it waits. Goes by standard input only. */
export interface ClientSpec {
  name: string;
  kind: ClientKind;
  host: string;
  port: number;
  user: string;
  password?: string;
  database?: string;
  /** PEM. Without it, no TLS. */
  tls?: { ca: string; cert?: string; key?: string };
  /** From the beginning of one attempt to the next, unless the first takes longer. */
  intervalMs: number;
  /** After this a sent statement is given up, its outcome unknown. */
  timeoutMs: number;
}

/** What a writer is told, as one line of JSON. It ends after `seconds`, or when its standard input does. */
export interface Orders {
  run: string;
  seconds: number;
  /** At most so many writes for each client. */
  writes: number;
  clients: ClientSpec[];
}

/** The events in a piece of a writer's file, and its last line if that is still being written. */
export function parseEvents(text: string): { events: DrillEvent[]; rest: string } {
  const end = text.lastIndexOf("\n") + 1;
  const lines = text.slice(0, end).split("\n").filter(Boolean);
  return { events: lines.map((line) => JSON.parse(line) as DrillEvent), rest: text.slice(end) };
}

export const nodeOf = (client: string) => client.slice(0, client.indexOf("/"));
export const kindOf = (client: string) => client.slice(client.indexOf("/") + 1) as ClientKind;
