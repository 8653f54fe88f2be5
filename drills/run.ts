import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { untilNothing } from "./ask";
import { Checker } from "./checker";
import type { Row } from "./history";
import { judge, type Observation, type Promised, type Verdict } from "./judge";
import { Stage, type Part } from "./stage";
import { primaryOf, type Subject } from "./subject";
import { timeline } from "./timeline";

/** Something that may happen to a cluster, and what it promises for that case. */
export interface Drill {
  name: string;
  /** Which part is broken; "several" when it is more than one node's. */
  part: Part | "several";
  promised: Promised;
  /** Breaks, waits and mends. @throws Error when what it waits for does not come */
  run(stage: Stage): Promise<void>;
}

export interface Outcome extends Verdict {
  drill: string;
  subject: string;
  /** When it began, ISO 8601. */
  at: string;
  seconds: number;
  /** All nodes' journals and the drill's steps; only when a promise is broken. */
  timeline?: string;
  /** Where the clients' histories are; only when a promise is broken. */
  histories?: string;
}

/** How long everything may take to be whole before a drill, and after one that failed, in seconds. */
const patience = { before: 120, afterwards: 30 };
/** A writer that nobody ends does so by itself after this, in seconds. */
const longest = 3_600;
const now = () => performance.timeOrigin + performance.now();

/**
 * Does one drill: clients write before, during and after it, and what they saw is held against what the databases have.
 * @throws Error when the cluster is not whole before it, which is no fault of this drill
 */
export async function runDrill(subject: Subject, drill: Drill): Promise<Outcome> {
  const before = await untilNothing(patience.before, () => subject.problems());
  if (before.length > 0)
    throw new Error(`${subject.name} is not whole before the drill "${drill.name}": ${before.join("; ")}`);
  await subject.prepare();
  const run = `${new Date().toISOString().slice(0, 19)}-${randomBytes(3).toString("hex")}`;
  const directory = await mkdtemp(path.join(tmpdir(), "trivet-drill-"));
  const started = now();
  const checker = await Checker.start(subject, run, directory, longest);
  const stage = new Stage(subject, checker);
  const faults: string[] = [];
  const failing = (work: Promise<void>) => work.catch((error: Error) => void faults.push(error.message));
  try {
    await stage.writing(30);
    await stage.hold(1);
    await failing(drill.run(stage));
    await failing(stage.endAll());
    // The drill's own wait may have ended early, and the rows are read from a cluster that is whole.
    if (faults.length > 0) await failing(stage.whole(patience.afterwards));
    await stage.hold(1);
  } finally {
    await checker.stop();
  }
  const ended = now();
  const verdict = judge(
    {
      events: checker.events(),
      ...(await rowsOf(subject, run, faults)),
      measured: subject.measured,
      nodes: subject.nodes,
      stranded: [...stage.stranded],
      fault: { from: stage.brokenAt ?? ended, to: ended },
      ...(stage.wholeSeconds === undefined ? {} : { wholeSeconds: stage.wholeSeconds }),
    },
    drill.promised,
  );
  const outcome = {
    ...verdict,
    drill: drill.name,
    subject: subject.name,
    at: new Date(started).toISOString(),
    seconds: (ended - started) / 1000,
    broken: [...faults, ...verdict.broken],
  };
  if (outcome.broken.length > 0)
    return {
      ...outcome,
      timeline: await timeline(subject, stage.marks, started, stage.brokenAt ?? started),
      histories: directory,
    };
  await rm(directory, { recursive: true });
  return outcome;
}

/** From the primary that survived. Where there is none, nothing can be said, and that is a fault of its own. */
async function rowsOf(
  subject: Subject,
  run: string,
  faults: string[],
): Promise<Pick<Observation, "rows" | "redisRows">> {
  const read = async (what: string, work: () => Promise<Row[]>) =>
    work().catch((error: Error) => {
      faults.push(`the rows of ${what} cannot be read: ${error.message}`);
      return undefined;
    });
  const rows = await read("PostgreSQL", async () => subject.rows(await primaryOf(subject), run));
  const { redis } = subject;
  const master = await redis?.master();
  if (redis === undefined || master === undefined) return { rows };
  const redisRows = await read("redis", () => redis.rows(master, run));
  await redis.forget(master, run).catch(() => undefined);
  return { rows, redisRows };
}

/** One line for a terminal. */
export function summary({ drill, gapSeconds, account, dual, wholeSeconds, broken }: Outcome): string {
  const figures = [
    `gap ${gapSeconds.toFixed(1)} s`,
    `${account.acknowledged} acknowledged, ${account.lost.length} lost`,
    `two primaries ${dual.seconds.toFixed(1)} s`,
    wholeSeconds === undefined ? "not whole" : `whole after ${wholeSeconds.toFixed(1)} s`,
  ];
  return `${broken.length === 0 ? "ok    " : "BROKEN"} ${drill}: ${figures.join("; ")}`;
}

/** All that there is to say about a drill that broke a promise. */
export function report(outcome: Outcome): string {
  const sentences = outcome.broken.map((sentence) => `  - ${sentence}`);
  for (const [error, times] of Object.entries(outcome.errors))
    sentences.push(`  clients were told ${times} times: ${error}`);
  const where = outcome.histories === undefined ? [] : [`The clients' histories: ${outcome.histories}`];
  return [summary(outcome), ...sentences, ...where, outcome.timeline ?? ""].join("\n");
}
