import { ask } from "../../drills/ask";
import type { ClientSpec } from "../../drills/events";
import { replicationFaults, rowsOf, sql, tableSql, viewOf } from "../../drills/postgres";
import { primaryOf, type Subject } from "../../drills/subject";
import type { Machine } from "../../local/fabric";
import type { PeerMachines } from "./machines";
import { configFile, dynamicSettings, scope, type PatroniTiming } from "./settings";

/** The Patroni cluster as drills see it: there is no pooler, so a client looks for whichever database takes its write. */
export function patroniCluster({ fabric, machine, names, password }: PeerMachines, timing: PatroniTiming): Subject {
  const ofEach = async <T>(work: (machine: Machine) => Promise<T>): Promise<Record<string, T>> => {
    const answers = names.map(async (name) => [name, await work(await machine(name))] as const);
    return Object.fromEntries(await Promise.all(answers));
  };
  const subject: Subject = {
    name: timing.name,
    fabric,
    nodes: names,
    machine,
    measured: "direct",
    units: [`patroni@${scope}`, "etcd"],
    clients: () => ofEach((it) => Promise.resolve(clientsOf(it, password))),
    roles: async () => {
      const views = await ofEach(viewOf);
      return Object.fromEntries(names.map((name) => [name, views[name]!.role]));
    },
    problems: async () => {
      const [views, etcds] = await Promise.all([ofEach(viewOf), ofEach(etcdFault)]);
      const faults = [...replicationFaults(views), ...names.flatMap((name) => etcds[name]!)];
      if (faults.length > 0 || !timing.synchronous) return faults;
      const waited = await sql(await machine(await primaryOf(subject)), synchronousStandbys);
      return waited.trim() === "0" ? ["commits wait for no standby"] : [];
    },
    prepare: async () => {
      await sql(await machine(await primaryOf(subject)), tableSql("owner"), "app");
    },
    rows: async (name, run) => rowsOf(await machine(name), run),
    switchover: async () => {
      const primary = await primaryOf(subject);
      const candidate = await candidateOf(await machine(primary));
      const orders = `patronictl -c ${configFile} switchover ${scope} --leader ${primary} --candidate ${candidate} --force`;
      await ask(await machine(primary), orders, 60);
    },
  };
  return subject;
}

/** Changes the times of a running cluster. */
export async function retime({ machine, names }: PeerMachines, timing: PatroniTiming): Promise<void> {
  const settings = Object.entries(dynamicSettings(timing)).map(([name, value]) => `-s ${name}=${value}`);
  await ask(
    await machine(names[0]!),
    `patronictl -c ${configFile} edit-config ${scope} --force ${settings.join(" ")}`,
    30,
  );
}

const synchronousStandbys = "SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')";

/** The standby whose loss of nothing is sure, if there is such a one. */
const candidateOf = async (primary: Machine) =>
  (
    await sql(primary, "SELECT application_name FROM pg_stat_replication ORDER BY sync_state = 'sync' DESC LIMIT 1")
  ).trim();

const etcdFault = (machine: Machine): Promise<string[]> =>
  ask(machine, `curl -sf --max-time 2 http://${machine.privateIp}:2379/health`).then(
    () => [],
    () => [`etcd of ${machine.name} is not well`],
  );

function clientsOf(machine: Machine, password: string): ClientSpec[] {
  const itself = { host: machine.privateIp, port: 5432, user: "app", password, database: "app" };
  return [
    { ...itself, name: `${machine.name}/direct`, kind: "direct", intervalMs: 50, timeoutMs: 3_000 },
    { ...itself, name: `${machine.name}/claim`, kind: "claim", intervalMs: 100, timeoutMs: 1_000 },
  ];
}
