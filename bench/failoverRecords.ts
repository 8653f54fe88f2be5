import type { Outcome } from "../drills/run";
import type { Kept } from "./records";

/** One run of one drill. */
export interface FailoverRecord extends Kept {
  subject: string;
  drill: string;
  at: string;
  gapSeconds: number;
  anyGapSeconds: number;
  directGapSeconds: number;
  redisGapSeconds: number;
  failedStatements: number;
  errors: Record<string, number>;
  acknowledged: number;
  lost: number;
  unknown: number;
  dualSeconds: number;
  dualWrites: number;
  dualClaimSeconds: number;
  redisAcknowledged: number;
  redisLost: number;
  redisDualWrites: number;
  wholeSeconds?: number;
  broken: string[];
}

export function recordOf(outcome: Outcome, build: string): FailoverRecord {
  const { account, dual, redisDual, wholeSeconds } = outcome;
  return {
    build,
    subject: outcome.subject,
    drill: outcome.drill,
    at: outcome.at,
    gapSeconds: outcome.gapSeconds,
    anyGapSeconds: outcome.anyGapSeconds,
    directGapSeconds: outcome.directGapSeconds,
    redisGapSeconds: outcome.redisGapSeconds,
    failedStatements: outcome.failedStatements,
    errors: outcome.errors,
    acknowledged: account.acknowledged,
    lost: account.lost.length,
    unknown: account.unknown.length,
    dualSeconds: dual.seconds,
    dualWrites: dual.writes.length,
    dualClaimSeconds: outcome.dualClaimSeconds,
    redisAcknowledged: outcome.redisAcknowledged,
    redisLost: outcome.redisLost,
    redisDualWrites: redisDual.writes.length,
    ...(wholeSeconds === undefined ? {} : { wholeSeconds }),
    broken: outcome.broken,
  };
}
