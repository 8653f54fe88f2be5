import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import * as path from "node:path";
import { execa } from "execa";
import type { Outcome } from "../drills/run";
import { cacheDir, projectRoot } from "../local/paths";

/** One run of one drill, kept so that many short invocations add up. */
export interface FailoverRecord {
  /** What was measured: runs of another build are not added to these. */
  build: string;
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

/** It outlives `npm run down`. */
export const recordsFile = path.join(cacheDir, "bench", "failover.jsonl");

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

export async function keep(record: FailoverRecord, file = recordsFile): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await appendFile(file, `${JSON.stringify(record)}\n`);
}

/** All runs of a build that were kept, of this invocation and of earlier ones. */
export async function kept(build: string, file = recordsFile): Promise<FailoverRecord[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  const records = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as FailoverRecord);
  return records.filter((record) => record.build === build);
}

/** What reaches the nodes, as one short text: the same for as long as nothing of it changes. */
export async function buildOf(folders: string[]): Promise<string> {
  const git = async (...words: string[]) => (await execa("git", words, { cwd: projectRoot })).stdout;
  const tree = await git("ls-tree", "-r", "HEAD", "--", ...folders);
  const changed = await git("status", "--porcelain", "--", ...folders);
  return createHash("sha256").update(tree).digest("hex").slice(0, 10) + (changed === "" ? "" : "-uncommitted");
}
