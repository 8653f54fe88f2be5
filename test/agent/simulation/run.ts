import { chaos, heal, inflict } from "./faults";
import { Cluster, type ClusterSettings } from "./cluster";

export interface Outcome {
  seed: number;
  /** What must not be; none: all is well. */
  violations: string[];
  acknowledged: number;
  /** From healing until the cluster was whole, in milliseconds. */
  recovery: number;
  /** So many nodes lost what they knew of their data, by power cuts while it was being replaced, that an operator must choose. */
  stranded: boolean;
  log: () => string;
}

const patience = 120_000;

/** Faults at random for so long, in milliseconds; then the cluster heals, and is judged. */
export async function ordeal(settings: ClusterSettings, milliseconds: number): Promise<Outcome> {
  const cluster = new Cluster(settings);
  const { time, ledger } = cluster;
  await cluster.found();
  if (cluster.unwell()) await time.runUntil(time.now + 30_000);
  if (cluster.unwell()) ledger.violated(`it does not begin: ${cluster.unwell()}`);
  await chaos(cluster, milliseconds);
  heal(cluster);
  const healed = time.now;
  await untilWell(cluster);
  const recovery = time.now - healed;
  const wrong = cluster.unwell();
  const stranded = wrong !== null && cluster.isStranded;
  const outcome = (): Outcome => ({
    ...{ seed: settings.seed, violations: ledger.violations, acknowledged: ledger.count, recovery, stranded },
    log: () => ledger.text(),
  });
  if (stranded) return outcome();
  if (wrong) ledger.violated(`${patience / 1000} s after all was healed: ${wrong}`);
  const before = ledger.count;
  await time.runUntil(time.now + 5_000);
  if (ledger.count === before) ledger.violated("nothing is acknowledged any more");
  cluster.endClients();
  await time.runUntil(time.now + 3_000);
  judge(cluster);
  return outcome();
}

/** For how long no write is acknowledged, at most, after one fault of the leader, in milliseconds of the simulation. */
export async function single(settings: ClusterSettings, fault: string): Promise<Outcome & { gap: number }> {
  const cluster = new Cluster(settings);
  const { time, ledger } = cluster;
  await cluster.found();
  await time.runUntil(time.now + time.between(10_000, 20_000));
  const begun = time.now;
  const known = ledger.count;
  let gap = 0;
  let last = begun;
  ledger.onAcknowledged = () => {
    if (time.now < begun + 38_000) gap = Math.max(gap, time.now - last);
    last = time.now;
  };
  inflict(cluster, fault, cluster.leader()!, 40_000);
  await time.runUntil(begun + 38_000);
  if (ledger.count === known) gap = Infinity;
  await time.runUntil(begun + 40_000);
  heal(cluster);
  const healed = time.now;
  await untilWell(cluster);
  const wrong = cluster.unwell();
  if (wrong) ledger.violated(`${patience / 1000} s after all was healed: ${wrong}`);
  cluster.endClients();
  await time.runUntil(time.now + 3_000);
  judge(cluster);
  return {
    seed: settings.seed,
    gap,
    violations: ledger.violations,
    acknowledged: ledger.count,
    recovery: time.now - healed,
    stranded: false,
    log: () => ledger.text(),
  };
}

async function untilWell(cluster: Cluster): Promise<void> {
  const { time } = cluster;
  const end = time.now + patience;
  while (cluster.unwell() && time.now < end) await time.runUntil(time.now + 1_000);
}

/** One primary with everything that was acknowledged, and the same on every other node. */
function judge(cluster: Cluster): void {
  const { ledger } = cluster;
  const wrong = cluster.unwell();
  if (wrong) return ledger.violated(`at the end: ${wrong}`);
  const primary = cluster.machines.find(({ server }) => server!.mode === "primary")!.server!;
  ledger.compare(primary, "is the primary in the end");
  for (const { name, server } of cluster.machines) {
    const { log } = server!.data;
    const length = primary.data.log.length;
    if (log.length < length - 3) ledger.violated(`${name} is ${length - log.length} records behind`);
    const at = log.findIndex((entry, at) => entry !== primary.data.log[at]);
    if (at >= 0 && at < length)
      ledger.violated(`${name} has other records than ${primary.node} from ${at} of ${log.length} on`);
  }
}
