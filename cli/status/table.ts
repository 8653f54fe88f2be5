import type { NodeStatus, Status } from "./report";

const unknown = "-";

const columns: [string, (node: NodeStatus) => string][] = [
  ["NODE", (node) => node.name],
  ["PUBLIC", (node) => node.publicIp],
  ["PRIVATE", (node) => node.privateIp],
  ["BALANCER", rotation],
  ["POSTGRES", ({ postgres }) => (postgres ? `${postgres.role} ${lag(postgres)}`.trim() : unknown)],
  ["REDIS", ({ redis }) => redis?.role ?? unknown],
  ["APP", ({ app }) => (app ? `${app.release} ${app.healthy ? "ok" : "FAILS"}` : unknown)],
  ["MEMORY", ({ memory }) => (memory ? `${memory.usedMiB}/${memory.totalMiB} MiB` : unknown)],
  ["DISK", ({ disk }) => (disk ? `${disk.percent} %` : unknown)],
  ["CERTIFICATE", ({ certificateDays }) => (certificateDays === null ? unknown : `${certificateDays} days`)],
];

function rotation({ balancer, agent }: NodeStatus): string {
  if (agent?.health && agent.health.drains.length > 0) return "drained";
  return balancer === null ? unknown : balancer ? "in" : "out";
}

function lag({ role, lagBytes }: NonNullable<NodeStatus["postgres"]>): string {
  if (role === "primary") return "";
  return lagBytes === null ? "not streaming" : `+${lagBytes} B`;
}

/** The status for people: a line a node, then what is wrong. */
export function statusTable(status: Status): string {
  const rows = [columns.map(([title]) => title), ...status.nodes.map((node) => columns.map(([, cell]) => cell(node)))];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const verdict = status.healthy
    ? [`${status.stack} is healthy.`]
    : [
        `${status.stack} has ${status.problems.length === 1 ? "a problem" : "problems"}:`,
        ...status.problems.map((text) => `  ${text}`),
      ];
  return [...lines, "", ...verdict].join("\n");
}
