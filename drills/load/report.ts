import type { Kind } from "./spec";

/** What became of the requests of one kind. */
export interface Counts {
  /** Those that came to an end: `ok` and `failed`. */
  requests: number;
  ok: number;
  failed: number;
}

/** In milliseconds, of the requests that were answered as they should be. */
export interface Latency {
  p50: number;
  p99: number;
  max: number;
}

export interface KindSummary extends Counts {
  /** Sent again once, because the server said that it had not begun them (HTTP/2), or after a clean close (ws). */
  repeated: number;
  /** Websockets that were closed in an orderly way and opened again in time. */
  reconnected: number;
  /** Connections that the server closed while they were idle, noticed before anything was sent: no failure. */
  stale: number;
  /** In flight when the load ended: neither good nor bad. */
  unfinished: number;
  /** How often each error was met. */
  errors: Record<string, number>;
  latency?: Latency;
}

/** One of the first failures of a kind. */
export interface Example {
  /** ISO 8601, when it failed. */
  at: string;
  kind: Kind;
  /** Such as "POST /notes". */
  what: string;
  error: string;
  /** Who answered, where the answer said so. */
  node?: string;
}

/** What ended within one second, as a line of the load's file. */
export interface Second {
  what: "second";
  /** Milliseconds since 1970, the second's end. */
  at: number;
  kinds: Partial<Record<Kind, Counts & Partial<Latency>>>;
}

/** The last line of the load's file. */
export interface Summary {
  what: "summary";
  run: string;
  /** ISO 8601. */
  from: string;
  seconds: number;
  perSecond: number;
  total: KindSummary;
  kinds: Partial<Record<Kind, KindSummary>>;
  /** By what was asked, such as "GET /api/about"; `ok` of a POST is how many the server acknowledged. */
  asked: Record<string, Counts>;
  /** Answers of each node and release, by JSON fields `node` and `release` or headers X-Node and X-Release. */
  nodes: Record<string, number>;
  releases: Record<string, number>;
  examples: Example[];
}

export type Line = Second | Summary;

/** The lines of a load's file; the last one may still be being written. */
export function parseLines(text: string): Line[] {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}
