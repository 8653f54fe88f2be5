import { kindOf, nodeOf, type ClientKind, type DrillEvent } from "./events";

/** One write of one client, from its attempt to what became of it. */
export interface Write {
  client: string;
  id: number;
  /** Milliseconds, as in the events. */
  attempt: number;
  /** When its outcome was known; absent where it never was. */
  end?: number;
  outcome: "acknowledged" | "failed" | "unknown";
  error?: string;
}

/** A row as it is found in the database after the drill. */
export interface Row {
  client: string;
  id: number;
}

/** From one moment to another, in milliseconds. */
export interface Span {
  from: number;
  to: number;
}

/** The writes of a history, in the order of their attempts. An attempt without an outcome is unknown. */
export function writesOf(events: DrillEvent[]): Write[] {
  const writes = new Map<string, Write>();
  for (const event of events) {
    if (event.what === "claim") continue;
    const key = `${event.client}:${event.id}`;
    if (event.what === "attempt") {
      writes.set(key, { client: event.client, id: event.id, attempt: event.at, outcome: "unknown" });
      continue;
    }
    const write = writes.get(key);
    if (!write) throw new Error(`the history of ${event.client} has an outcome of write ${event.id}, but no attempt`);
    writes.set(key, {
      ...write,
      end: event.at,
      outcome: event.what,
      ...("error" in event && { error: event.error }),
    });
  }
  return [...writes.values()].sort((a, b) => a.attempt - b.attempt);
}

export const ofKind = (writes: Write[], kind: ClientKind) => writes.filter(({ client }) => kindOf(client) === kind);
export const ofNodes = (writes: Write[], nodes: string[]) =>
  writes.filter(({ client }) => nodes.includes(nodeOf(client)));
export const outcomes = (writes: Write[], outcome: Write["outcome"]) =>
  writes.filter((write) => write.outcome === outcome);

/** What was promised to the clients, against what is there. Ids are `<client>:<number>`. */
export interface Account {
  acknowledged: number;
  /** Acknowledged, and not there. */
  lost: string[];
  /** There more than once, though each was sent once. */
  duplicated: string[];
  /** There without an acknowledgement, which is allowed: the answer was lost. */
  unknown: string[];
  /** There although the server said that it did not write, or though nobody sent it. */
  contradicted: string[];
}

export function account(writes: Write[], rows: Row[]): Account {
  const present = new Map<string, number>();
  for (const row of rows) present.set(keyOf(row), (present.get(keyOf(row)) ?? 0) + 1);
  const outcome = new Map(writes.map((write) => [keyOf(write), write.outcome]));
  const found = [...present.keys()];
  return {
    acknowledged: outcomes(writes, "acknowledged").length,
    lost: outcomes(writes, "acknowledged")
      .map(keyOf)
      .filter((key) => !present.has(key)),
    duplicated: found.filter((key) => present.get(key)! > 1),
    unknown: found.filter((key) => outcome.get(key) === "unknown"),
    contradicted: found.filter((key) => outcome.get(key) === "failed" || !outcome.has(key)),
  };
}

const keyOf = ({ client, id }: Row) => `${client}:${id}`;

/** From the last good write before to the first good write after; `open` when none came any more. */
export interface Gap extends Span {
  seconds: number;
  open: boolean;
}

/**
 * The longest time without an acknowledgement, of all that end after the fault. All given writes count as one client's.
 * @param fault since when to look, and until when was looked
 */
export function gapOf(writes: Write[], fault: Span): Gap {
  const acknowledged = outcomes(writes, "acknowledged")
    .map(({ end }) => end!)
    .filter((end) => end <= fault.to)
    .sort((a, b) => a - b);
  let last = fault.from;
  let longest: Gap = { from: fault.from, to: fault.from, seconds: 0, open: false };
  const consider = (from: number, to: number, open: boolean) => {
    if (to > fault.from && to - from > longest.to - longest.from)
      longest = { from, to, seconds: (to - from) / 1000, open };
  };
  for (const end of acknowledged) {
    consider(last, end, false);
    last = end;
  }
  consider(last, fault.to, true);
  return longest;
}

/** The longest gap that any one of the clients saw. */
export function worstGap(writes: Write[], fault: Span): Gap {
  const clients = [...new Set(writes.map(({ client }) => client))];
  const gaps = clients.map((client) =>
    gapOf(
      writes.filter((write) => write.client === client),
      fault,
    ),
  );
  return gaps.reduce(
    (worst, gap) => (gap.seconds > worst.seconds ? gap : worst),
    gapOf([], { ...fault, to: fault.from }),
  );
}

/** Two acknowledged writes further apart than this (ms) do not show that the node took writes in between. */
const unbrokenMs = 1_000;

/**
 * When a node surely took writes: from the first acknowledgement to the last attempt of each unbroken series of
 * acknowledged writes. A series ends with any other outcome.
 */
export function takingWrites(writes: Write[]): Span[] {
  const spans: Span[] = [];
  let series: { from: number; to: number; end: number } | undefined;
  const finish = () => {
    if (series && series.to > series.from) spans.push({ from: series.from, to: series.to });
    series = undefined;
  };
  for (const { attempt, end, outcome } of [...writes].sort((a, b) => a.attempt - b.attempt)) {
    if (outcome !== "acknowledged") finish();
    else if (series && attempt - series.end <= unbrokenMs) series = { ...series, to: attempt, end: end! };
    else {
      finish();
      series = { from: end!, to: attempt, end: end! };
    }
  }
  finish();
  return spans;
}

/** Seconds in which at least two of the nodes are within one of their spans. */
export function overlapSeconds(spansByNode: Span[][]): number {
  const edges = spansByNode
    .flat()
    .flatMap(({ from, to }) => [
      { at: from, step: 1 },
      { at: to, step: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.step - b.step);
  let [depth, total, last] = [0, 0, 0];
  for (const { at, step } of edges) {
    if (depth > 1) total += at - last;
    [depth, last] = [depth + step, at];
  }
  return total / 1000;
}

/** How far two primaries both acknowledged writes that were sent to the nodes directly. */
export interface Dual {
  seconds: number;
  /** Writes that one node took, from attempt to acknowledgement, while another one surely took writes. */
  writes: string[];
}

/** @param writes of one kind of client that speaks to its own node only */
export function dual(writes: Write[]): Dual {
  const nodes = [...new Set(writes.map(({ client }) => nodeOf(client)))];
  const spans = new Map(nodes.map((node) => [node, takingWrites(ofNodes(writes, [node]))]));
  const crossing = outcomes(writes, "acknowledged").filter(({ client, attempt, end }) =>
    nodes.some(
      (other) => other !== nodeOf(client) && spans.get(other)!.some(({ from, to }) => attempt >= from && end! <= to),
    ),
  );
  return { seconds: overlapSeconds([...spans.values()]), writes: crossing.map(keyOf) };
}

/** When a node called itself primary: from the first such answer to the last such question, unbroken by another answer. */
export function claims(events: DrillEvent[], node: string): Span[] {
  const spans: Span[] = [];
  let claim: Span | undefined;
  const finish = () => {
    if (claim && claim.to > claim.from) spans.push(claim);
    claim = undefined;
  };
  for (const event of events) {
    if (event.what !== "claim" || nodeOf(event.client) !== node) continue;
    if (event.primary !== true) finish();
    else claim = claim ? { from: claim.from, to: event.asked } : { from: event.at, to: event.asked };
  }
  finish();
  return spans;
}

/** Seconds in which two nodes both called themselves primary; harmless as long as only one of them acknowledges. */
export function dualClaimSeconds(events: DrillEvent[]): number {
  const nodes = [...new Set(events.map(({ client }) => nodeOf(client)))];
  return overlapSeconds(nodes.map((node) => claims(events, node)));
}
