import type { DrillEvent } from "./events";
import {
  account,
  dual,
  dualClaimSeconds,
  gapOf,
  ofKind,
  ofNodes,
  outcomes,
  worstGap,
  writesOf,
  type Account,
  type Dual,
  type Row,
  type Span,
  type Write,
} from "./history";
import type { Subject } from "./subject";

/** What a drill is held to, beside what always holds: nothing acknowledged is lost or there twice, never two primaries. */
export interface Promised {
  /** The longest write gap of any client that is not stranded, in seconds; absent when nothing is promised. */
  gapSeconds?: number;
  /** The longest time without a write to redis, in seconds. */
  redisGapSeconds?: number;
  /**
   * A redis that has a successor may acknowledge some more writes. One that hung answers, when it wakes up, what waited in
   * its sockets; one whose link loses packets is followed by one replica until its successor is there (docs/redis.md).
   */
  redisOverlaps?: true;
  /** Statements that fail, of clients that are not stranded. */
  failedStatements?: 0;
  /** Until everything is whole again after the last fault ended, in seconds. */
  wholeSeconds: number;
}

/** What was seen of a drill. */
export interface Observation {
  events: DrillEvent[];
  /** Absent where they could not be read; then nothing is said about them. */
  rows?: Row[];
  redisRows?: Row[];
  measured: Subject["measured"];
  nodes: string[];
  /** Nodes whose own clients the fault cut off. */
  stranded: string[];
  /** From the first fault to the end of the drill. */
  fault: Span;
  /** From the end of the last fault; absent when it did not become whole. */
  wholeSeconds?: number;
}

export interface Verdict {
  /** The worst of the clients that count, and the gap as if all were one. */
  gapSeconds: number;
  anyGapSeconds: number;
  /** By clients that speak to the databases themselves, all as one. */
  directGapSeconds: number;
  redisGapSeconds: number;
  failedStatements: number;
  /** How often each error was told to them. */
  errors: Record<string, number>;
  account: Account;
  dual: Dual;
  dualClaimSeconds: number;
  /** redis acknowledges before its replicas have a write: what is lost is told, not promised. */
  redisAcknowledged: number;
  redisLost: number;
  redisDual: Dual;
  wholeSeconds?: number;
  /** What was promised and does not hold, a sentence each. */
  broken: string[];
}

export function judge(seen: Observation, promised: Promised): Verdict {
  const all = writesOf(seen.events);
  const [direct, redis] = [ofKind(all, "direct"), ofKind(all, "redis")];
  const reached = seen.nodes.filter((node) => !seen.stranded.includes(node));
  const counted = ofNodes(ofKind(all, seen.measured), reached);
  const failed = counted.filter(
    ({ attempt, outcome, end }) => outcome !== "acknowledged" && end !== undefined && attempt >= seen.fault.from,
  );
  const redisAccount = accountOf(redis, seen.redisRows);
  const verdict: Omit<Verdict, "broken"> = {
    // A client of Trivet's waits for its own pooler; with Patroni, it looks for whichever database takes its write.
    gapSeconds: (seen.measured === "pooler" ? worstGap : gapOf)(counted, seen.fault).seconds,
    anyGapSeconds: gapOf(counted, seen.fault).seconds,
    directGapSeconds: gapOf(ofNodes(direct, reached), seen.fault).seconds,
    redisGapSeconds: gapOf(redis, seen.fault).seconds,
    failedStatements: failed.length,
    errors: tally(failed.map(({ error = "" }) => error)),
    account: accountOf([...ofKind(all, "pooler"), ...direct], seen.rows),
    dual: dual(direct),
    dualClaimSeconds: dualClaimSeconds(seen.events),
    redisAcknowledged: redisAccount.acknowledged,
    redisLost: redisAccount.lost.length,
    redisDual: dual(redis),
    ...(seen.wholeSeconds === undefined ? {} : { wholeSeconds: seen.wholeSeconds }),
  };
  return { ...verdict, broken: brokenPromises(verdict, promised) };
}

function tally(texts: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

const accountOf = (writes: Write[], rows: Row[] | undefined): Account =>
  rows ? account(writes, rows) : account(writes, outcomes(writes, "acknowledged"));

function brokenPromises(verdict: Omit<Verdict, "broken">, promised: Promised): string[] {
  const broken: string[] = [];
  const { lost, duplicated, contradicted } = verdict.account;
  const some = (ids: string[]) => `${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ", …" : ""}`;
  const none = (ids: string[], what: string) => {
    if (ids.length > 0) broken.push(`${ids.length} ${what}: ${some(ids)}`);
  };
  const within = (seconds: number, limit: number | undefined, what: string) => {
    if (limit !== undefined && seconds > limit)
      broken.push(`${what}: ${seconds.toFixed(1)} s; promised are at most ${limit} s`);
  };
  none(lost, "acknowledged writes are lost");
  none(duplicated, "writes are there twice");
  none(contradicted, "writes are there that were refused or never sent");
  none(verdict.dual.writes, "writes were acknowledged while another node acknowledged, too");
  within(verdict.dual.seconds, 0, "two primaries acknowledged");
  if (!promised.redisOverlaps)
    none(verdict.redisDual.writes, "writes to redis were acknowledged while another node acknowledged, too");
  within(verdict.gapSeconds, promised.gapSeconds, "the write gap");
  within(verdict.redisGapSeconds, promised.redisGapSeconds, "redis' write gap");
  if (promised.failedStatements !== undefined && verdict.failedStatements > promised.failedStatements)
    broken.push(`${verdict.failedStatements} statements failed; none should`);
  if (verdict.wholeSeconds !== undefined)
    within(verdict.wholeSeconds, promised.wholeSeconds, "until everything was whole again");
  return broken;
}
