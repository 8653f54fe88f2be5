import type { BalancerSpec } from "./types";

/** Files of one balancer that its configuration names. */
export interface BalancerFiles {
  serverState: string;
  socket: string;
}

/** Every rule's servers follow the health of this backend's, so each droplet is asked once, as on DigitalOcean. */
const health = "health";

/** How long the balancer waits for a droplet to accept a connection; DigitalOcean does not document theirs. */
const connectSeconds = 5;

/** The configuration of HAProxy that behaves like a regional load balancer with TCP forwarding rules. */
export function haproxyConfig(balancer: BalancerSpec, files: BalancerFiles): string {
  const idle = `${balancer.idleTimeoutSeconds}s`;
  return [
    section("global", [
      "user haproxy",
      "group haproxy",
      "log stdout format raw local0 notice",
      `stats socket ${files.socket} mode 600 level admin expose-fd listeners`,
      `server-state-file ${files.serverState}`,
    ]),
    section("defaults", [
      "mode tcp",
      "log global",
      "balance roundrobin",
      "load-server-state-from-file global",
      `timeout connect ${connectSeconds}s`,
      `timeout client ${idle}`,
      `timeout server ${idle}`,
      `timeout tunnel ${idle}`,
    ]),
    section(`backend ${health}`, [...checkSettings(balancer), ...balancer.backends.map((it) => checked(balancer, it))]),
    ...balancer.rules.flatMap(({ entryPort, targetPort }) => [
      section(`frontend on-${entryPort}`, [
        `bind ${balancer.publicIp}:${entryPort}`,
        `default_backend from-${entryPort}`,
      ]),
      section(
        `backend from-${entryPort}`,
        balancer.backends.map(
          ({ name, privateIp }) =>
            `server ${name} ${privateIp}:${targetPort} track ${health}/${name}${balancer.proxyProtocol ? " send-proxy" : ""}`,
        ),
      ),
    ]),
  ].join("\n");
}

const section = (title: string, lines: string[]) => [title, ...lines.map((line) => `  ${line}`), ""].join("\n");

function checkSettings({ healthCheck }: BalancerSpec): string[] {
  const { protocol, timeoutSeconds, path = "/" } = healthCheck;
  const timeouts = [`timeout connect ${timeoutSeconds}s`, `timeout check ${timeoutSeconds}s`];
  if (protocol === "tcp") return timeouts;
  if (!/^\/[^\s"'#\\]*$/.test(path)) {
    throw new Error(
      `local cloud: health check path ${JSON.stringify(path)} must begin with / and hold no space or quote`,
    );
  }
  return [...timeouts, `option httpchk GET ${path}`, "http-check expect status 200-299"];
}

function checked({ healthCheck, proxyProtocol }: BalancerSpec, backend: BalancerSpec["backends"][number]): string {
  const { port, protocol, intervalSeconds, unhealthyThreshold, healthyThreshold } = healthCheck;
  return [
    `server ${backend.name} ${backend.privateIp}:${port} check inter ${intervalSeconds}s`,
    `fall ${unhealthyThreshold} rise ${healthyThreshold}`,
    ...(proxyProtocol ? ["send-proxy check-send-proxy"] : []),
    ...(protocol === "https" ? ["check-ssl verify none"] : []),
  ].join(" ");
}

const columns =
  "be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight " +
  "srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state " +
  "bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr " +
  "srv_agent_addr srv_agent_port";

interface ServerLine {
  text: string;
  backend: string;
  server: string;
  address: string;
  port: string;
  /** 0 stopped, 1 starting, 2 running, 3 stopping. */
  operation: string;
}

/** @param dump HAProxy's answer to "show servers state" */
export function parseServerState(dump: string): ServerLine[] {
  const lines = dump.split("\n").filter((line) => /^\d+ /.test(line));
  return lines.map((text) => {
    const fields = text.split(" ");
    const field = (name: string) => fields[columns.split(" ").indexOf(name)] ?? "";
    return {
      text,
      backend: field("be_name"),
      server: field("srv_name"),
      address: field("srv_addr"),
      port: field("srv_port"),
      operation: field("srv_op_state"),
    };
  });
}

/** Which backends may get connections now, out of HAProxy's answer to "show servers state". */
export function healthOf(dump: string): { backend: string; up: boolean }[] {
  return parseServerState(dump)
    .filter((line) => line.backend === health)
    .map((line) => ({ backend: line.server, up: line.operation === "2" }));
}

/**
 * What HAProxy shall believe when it starts: of a server that it watched before, what it knew; of a new one, that it
 * is down. By itself HAProxy would send connections to a new server before the first check has passed.
 * @param dump the running HAProxy's "show servers state"; empty if none runs
 */
export function startingState(balancer: BalancerSpec, dump: string): string {
  const known = parseServerState(dump);
  const backends = [
    { backend: health, port: balancer.healthCheck.port, checks: true },
    ...balancer.rules.map((rule) => ({ backend: `from-${rule.entryPort}`, port: rule.targetPort, checks: false })),
  ];
  const lines = backends.flatMap(({ backend, port, checks }, backendIndex) =>
    balancer.backends.map(({ name, privateIp }, index) => {
      const before = known.find(
        (it) => it.backend === backend && it.server === name && it.address === privateIp && it.port === String(port),
      );
      if (before !== undefined) return before.text;
      // Stopped, not in maintenance, weight 1; a check that is configured and enabled, and has not passed once.
      const stopped = `0 0 1 1 0 1 0 0 ${checks ? 6 : 0} 0 0 0`;
      return `${backendIndex + 1} ${backend} ${index + 1} ${name} ${privateIp} ${stopped} - ${port} - 0 0 - - 0`;
    }),
  );
  return ["1", `# ${columns}`, ...lines, ""].join("\n");
}
