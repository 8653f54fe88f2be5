import { agentPort } from "../agent/wire/port";

/** Who may reach a port. */
export type Client = "anyone" | "balancer" | "nodes";

export interface Port {
  role: string;
  port: number;
  from: Client;
}

/** What each role answers. The cloud firewall and the nodes' own open these and nothing else. */
export const ports: readonly Port[] = [
  { role: "ssh", port: 22, from: "anyone" },
  { role: "nginx", port: 80, from: "balancer" },
  { role: "nginx", port: 443, from: "balancer" },
  { role: "nginx", port: 8443, from: "nodes" },
  { role: "postgres", port: 5432, from: "nodes" },
  { role: "agent", port: agentPort, from: "nodes" },
  { role: "redis", port: 6379, from: "nodes" },
  { role: "sentinel", port: 26379, from: "nodes" },
];

export const portsFor = (from: Client): number[] => ports.filter((port) => port.from === from).map(({ port }) => port);
