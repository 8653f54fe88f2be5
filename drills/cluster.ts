import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { hostFabric, type Machine } from "../local/fabric";
import { paths, projectRoot } from "../local/paths";
import { stackEnvironment } from "../local/stack";
import { ask } from "./ask";
import type { ClientSpec } from "./events";
import { replicationFaults, rowsOf, sql, tableSql, viewOf } from "./postgres";
import { forgetRedisRun, redisFaults, redisRows, redisViewOf } from "./redis";
import { primaryOf, type Subject } from "./subject";

const prefix = "trivet-local-";
/** How long `pulumi up` may take, in seconds: it waits for a node that is being cloned, and gives up on one that is off. */
const longestUp = 15 * 60;

/** Trivet's cluster on the local cloud. @throws Error when it is not up */
export async function localCluster(): Promise<Subject> {
  const fabric = hostFabric(paths.cloud);
  const nodes = (await fabric.machines()).map(({ name }) => name.replace(prefix, "")).sort();
  if (nodes.length === 0) throw new Error("no cluster is up; `npm run up` first");

  const machine = async (node: string): Promise<Machine> =>
    (await fabric.machines()).find(({ name }) => name === prefix + node)!;
  const ofEach = async <T>(work: (machine: Machine) => Promise<T>): Promise<Record<string, T>> => {
    const all = await fabric.machines();
    const answers = nodes.map(
      async (node) => [node, await work(all.find(({ name }) => name === prefix + node)!)] as const,
    );
    return Object.fromEntries(await Promise.all(answers));
  };

  const subject: Subject = {
    name: "Trivet",
    fabric,
    nodes,
    machine,
    measured: "pooler",
    units: ["trivet-agent", "postgresql@17-main", "pgbouncer", "trivet-redis", "trivet-sentinel"],
    clients: async () => {
      const machines = await ofEach((it) => Promise.resolve(it));
      const clients = nodes.map(async (node) => [node, await clientsOf(node, machines[node]!)] as const);
      return Object.fromEntries(await Promise.all(clients));
    },
    roles: async () => {
      const views = await ofEach(viewOf);
      return Object.fromEntries(nodes.map((node) => [node, views[node]!.role]));
    },
    problems: async () => {
      const [databases, caches] = await Promise.all([ofEach(viewOf), ofEach(redisViewOf)]);
      const faults = [...replicationFaults(databases), ...redisFaults(caches)];
      if (faults.length > 0) return faults;
      const primary = nodes.find((node) => databases[node]!.role === "primary")!;
      const { privateIp } = await machine(primary);
      const routes = await ofEach(routeOf);
      return nodes.flatMap((node) =>
        routes[node] === privateIp ? [] : [`the pooler of ${node} does not lead to ${primary}: ${routes[node]}`],
      );
    },
    prepare: async () => {
      await sql(await machine(await primaryOf(subject)), tableSql("owner"), "app");
    },
    rows: async (node, run) => rowsOf(await machine(node), run),
    switchover: async () => {
      await execa("npx", ["trivet", "switchover", "-s", "local"], { cwd: projectRoot, all: true, timeout: 120_000 });
    },
    status: async (node) => agentStatus(await machine(node)),
    redis: {
      master: async () => {
        const views = await ofEach(redisViewOf);
        const masters = nodes.filter((node) => views[node]!.role === "master");
        return masters.length === 1 ? masters[0] : undefined;
      },
      rows: async (node, run) => redisRows(await machine(node), run),
      forget: async (node, run) => forgetRedisRun(await machine(node), run),
    },
  };
  return subject;
}

/** What the application's users and certificate and the node's certificate open, read from the node's own files. */
async function clientsOf(node: string, machine: Machine): Promise<ClientSpec[]> {
  const read = (file: string) => ask(machine, `cat /etc/trivet/${file}`);
  const [users, environment, ca] = await Promise.all([
    read("pgbouncer/userlist.txt"),
    read("app.env"),
    read("tls/ca.crt"),
  ]);
  const shows = async (name: string) => ({
    ca,
    cert: await read(`tls/${name}.crt`),
    key: await read(`tls/${name}.key`),
  });
  const password = /^"app" "(.*)"$/m.exec(users)?.[1];
  const redisPassword = /^REDIS_PASSWORD="(.*)"$/m.exec(environment)?.[1];
  const database = { user: "app", password, database: "app" };
  const itself = { ...database, host: machine.privateIp, port: 5432, tls: await shows("node") };
  return [
    // An application waits for pgbouncer, which in turn gives up a dead server.
    {
      ...database,
      name: `${node}/pooler`,
      kind: "pooler",
      host: "127.0.0.1",
      port: 6432,
      intervalMs: 50,
      timeoutMs: 30_000,
    },
    { ...itself, name: `${node}/direct`, kind: "direct", intervalMs: 50, timeoutMs: 3_000 },
    { ...itself, name: `${node}/claim`, kind: "claim", intervalMs: 100, timeoutMs: 1_000 },
    {
      name: `${node}/redis`,
      kind: "redis",
      host: machine.privateIp,
      port: 6379,
      user: "app",
      password: redisPassword,
      tls: await shows("app"),
      intervalMs: 50,
      timeoutMs: 2_000,
    },
  ];
}

/** The address of the server that a client of this node's pooler is led to, or why it is led nowhere. */
async function routeOf(machine: Machine): Promise<string> {
  const password = `PGPASSWORD=$(sed -n 's/^"app" "\\(.*\\)"$/\\1/p' /etc/trivet/pgbouncer/userlist.txt)`;
  const query = `psql -XAtq "host=127.0.0.1 port=6432 user=app dbname=app connect_timeout=3"`;
  const question = "SELECT host(inet_server_addr()) WHERE NOT pg_is_in_recovery()";
  return ask(machine, `${password} ${query}`, 5, question).catch((error: Error) => error.message);
}

/** What the node's agent says of itself, as it comes. */
async function agentStatus(machine: Machine): Promise<string> {
  if (machine.leaderPid === null) return "off";
  return ask(machine, "curl -sS --max-time 2 --unix-socket /run/trivet/agent.sock http://agent/status", 3).catch(
    (error: Error) => error.message,
  );
}

/**
 * Runs `pulumi up`, with other variables for the application or with those that are committed.
 * @throws Error when it does not end
 */
export async function pulumiUp(appEnv?: Record<string, string>): Promise<{ exitCode: number; output: string }> {
  const words = ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "local"];
  const directory = await mkdtemp(path.join(tmpdir(), "trivet-drill-settings-"));
  try {
    if (appEnv) words.push("--config-file", await settingsWith(appEnv, directory));
    const { exitCode, all, timedOut } = await execa("pulumi", words, {
      cwd: projectRoot,
      env: await stackEnvironment(),
      reject: false,
      all: true,
      timeout: longestUp * 1000,
    });
    const output = (all ?? "").split("\n").slice(-15).join("\n");
    if (timedOut) throw new Error(`pulumi up did not end within ${longestUp} s:\n${output}`);
    return { exitCode, output };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A copy of the stack's committed settings with these variables; the committed file stays as it is. */
async function settingsWith(appEnv: Record<string, string>, directory: string): Promise<string> {
  const settings = parse(await readFile(path.join(projectRoot, "Pulumi.local.yaml"), "utf8")) as { config: object };
  const file = path.join(directory, "Pulumi.local.yaml");
  await writeFile(file, stringify({ ...settings, config: { ...settings.config, "trivet:appEnv": appEnv } }));
  return file;
}
