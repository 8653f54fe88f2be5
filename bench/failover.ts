import { localCluster } from "../drills/cluster";
import { frozenDisk, killedPostgres, partition, powerCut, stoppedPostgres } from "../drills/faults";
import { single, switchover } from "../drills/matrix";
import { report, runDrill, summary, type Drill, type Outcome } from "../drills/run";
import type { Subject } from "../drills/subject";
import { onCluster } from "./cluster";
import { failoverTable } from "./failoverFigures";
import { recordOf, type FailoverRecord } from "./failoverRecords";
import type { Figure } from "./figures";
import { buildOf, keep, kept, recordsOf } from "./records";

const recordsFile = recordsOf("failover");

/** How long a fault lasts at least, in seconds; it goes on until writes do, so that a longer one would show no more. */
const lasting = 10;

/** One drill for each promise about PostgreSQL; the peer is put through the same ones. */
export const databaseDrills: Drill[] = [
  ...[killedPostgres, powerCut, partition, stoppedPostgres, frozenDisk].map((it) => single(it, "primary", lasting)),
  switchover,
];
const redisDrills = [powerCut, partition].map((it) => single(it, "redis master", lasting));

/**
 * Write gaps, lost writes and seconds with two primaries, for each promise about PostgreSQL and redis: on the cluster
 * that is up, or on one that is made for it and removed again.
 * @param samples of each drill
 * @param only drills whose name has this in it
 */
export async function failover(samples: number, only = ""): Promise<Figure[]> {
  await onCluster(async () => {
    const drills = [...databaseDrills, ...redisDrills].filter(({ name }) => name.includes(only));
    await measure(await localCluster(), drills, samples, ["agent", "templates", "components"], report);
  });
  return [];
}

/**
 * Runs each drill so often, keeps every run, and prints all that are kept of this build.
 * @param told what is printed of a run that breaks a promise
 * @throws Error when a drill leaves the cluster in pieces
 */
export async function measure(
  subject: Subject,
  drills: Drill[],
  samples: number,
  builtFrom: string[],
  told: (outcome: Outcome) => string,
): Promise<void> {
  const build = await buildOf(builtFrom);
  for (let at = 0; at < samples; at++) {
    for (const drill of drills) {
      const outcome = await runDrill(subject, drill);
      await keep(recordOf(outcome, build), recordsFile);
      console.log(
        `${subject.name}, ${at + 1} of ${samples}: ${outcome.broken.length > 0 ? told(outcome) : summary(outcome)}`,
      );
    }
  }
  const names = new Set(drills.map(({ name }) => name));
  const all = (await kept<FailoverRecord>(build, recordsFile)).filter(
    (run) => run.subject === subject.name && names.has(run.drill),
  );
  console.log(`\nBuild ${build}, all runs kept in ${recordsFile}:\n\n${failoverTable(all)}\n`);
}
