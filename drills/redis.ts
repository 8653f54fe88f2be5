import type { Machine } from "../local/fabric";
import { ask } from "./ask";
import type { Row } from "./history";
import { redisList } from "./sessions";

const tls = "/etc/trivet/tls";

const cliOf = (client: "node" | "app") =>
  `redis-cli --tls --cacert ${tls}/ca.crt --cert ${tls}/${client}.crt --key ${tls}/${client}.key --no-auth-warning`;

const asMonitor = ({ privateIp }: Machine, command: string) =>
  `REDISCLI_AUTH=$(cat /etc/trivet/redis/monitor.pass) ${cliOf("node")} -h ${privateIp} --user monitor ${command}`;

const asApplication = ({ privateIp }: Machine, command: string) =>
  `REDISCLI_AUTH=$(sed -n 's/^REDIS_PASSWORD="\\(.*\\)"$/\\1/p' /etc/trivet/app.env) ${cliOf("app")} -h ${privateIp} --user app ${command}`;

/** A node's redis as it sees itself. */
export interface RedisView {
  role: "master" | "replica" | "down";
  /** Replicas that follow it. */
  replicas: number;
  /** Whether a replica's link to its master is up. */
  linked: boolean;
}

/** A node that does not answer is down. */
export async function redisViewOf(machine: Machine): Promise<RedisView> {
  const info =
    machine.leaderPid === null ? "" : await ask(machine, asMonitor(machine, "INFO replication")).catch(() => "");
  return parseRedisInfo(info);
}

export function parseRedisInfo(info: string): RedisView {
  const value = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
  const role = { master: "master", slave: "replica" }[value("role") ?? ""] ?? "down";
  return {
    role: role as RedisView["role"],
    replicas: Number(value("connected_slaves") ?? 0),
    linked: value("master_link_status") === "up",
  };
}

/** Why these are not one master with everyone else following it. */
export function redisFaults(views: Record<string, RedisView>): string[] {
  const nodes = Object.keys(views);
  const of = (role: RedisView["role"]) => nodes.filter((node) => views[node]!.role === role);
  const masters = of("master");
  const faults = of("down").map((node) => `redis of ${node} does not answer`);
  if (masters.length !== 1) faults.push(`redis masters: ${masters.join(", ") || "none"}`);
  for (const node of of("replica")) if (!views[node]!.linked) faults.push(`redis of ${node} has no link to its master`);
  for (const node of masters) {
    const { replicas } = views[node]!;
    if (replicas !== nodes.length - 1) faults.push(`${replicas} of ${nodes.length - 1} redis replicas follow ${node}`);
  }
  return faults;
}

export async function redisRows(machine: Machine, run: string): Promise<Row[]> {
  const text = await ask(machine, asApplication(machine, `LRANGE ${redisList(run)} 0 -1`), 30);
  return text
    .split("\n")
    .filter((line) => line.includes(":"))
    .map((line) => {
      const at = line.lastIndexOf(":");
      return { client: line.slice(0, at), id: Number(line.slice(at + 1)) };
    });
}

export async function forgetRedisRun(machine: Machine, run: string): Promise<void> {
  await ask(machine, asApplication(machine, `DEL ${redisList(run)}`));
}
