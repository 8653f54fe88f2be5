import { list } from "../errors";
import { inSentence } from "../rotation/others";
import type { NodeStatus } from "./report";

const diskLimitPercent = 85;
const memoryLimitPercent = 90;
const certificateLimitDays = 14;
/** Under whose name "trivet drain" drains. */
const operator = "operator";

export interface Observed extends NodeStatus {
  /** Why the node gave no report. */
  unreachable?: string;
}

/** What is wrong with the cluster, one sentence each: first the whole, then node by node. */
export function problemsOf(nodes: readonly Observed[]): string[] {
  const seen = nodes.filter((node) => !node.unreachable);
  const whole = seen.length > 0 ? [...databaseProblems(seen), ...redisProblems(seen), ...releaseProblems(seen)] : [];
  return [...whole, ...nodes.flatMap((node) => (node.unreachable ? [node.unreachable] : nodeProblems(node)))];
}

function databaseProblems(nodes: readonly Observed[]): string[] {
  const primaries = named(nodes, (node) => node.postgres?.role === "primary");
  if (primaries.length > 1) {
    const [leader] = named(nodes, (node) => node.agent?.role === "leader" && node.agent.lease);
    const others = primaries.filter((name) => name !== leader);
    return [
      `${list(primaries)} are both PostgreSQL primaries. ${leader ?? "None of them"} is confirmed by a majority; ` +
        `${list(others)} can acknowledge no write and should end by itself within seconds.`,
    ];
  }
  if (primaries.length === 1) return [];
  return [
    "No node that answers is PostgreSQL's primary; one is elected as soon as a majority of the data nodes is up. " +
      'If the others are lost for good: "npx trivet force-primary --accept-data-loss".',
  ];
}

function redisProblems(nodes: readonly Observed[]): string[] {
  const masters = named(nodes, (node) => node.redis?.role === "master");
  if (masters.length === 0) return ["No node that answers is redis's master."];
  if (masters.length > 1) return [`${list(masters)} are both redis masters.`];
  return [];
}

function releaseProblems(nodes: readonly Observed[]): string[] {
  const releases = new Set(nodes.flatMap((node) => (node.app ? [node.app.release] : [])));
  return releases.size > 1 ? [`The nodes run different releases (${list([...releases])}); deploy again.`] : [];
}

function nodeProblems({ name, ...node }: Observed): string[] {
  const holdsData = node.agent?.data !== false;
  const health = node.agent?.health;
  const drains = health?.drains ?? [];
  const problems: [boolean, string][] = [
    [holdsData && node.postgres === null, "PostgreSQL does not answer"],
    [node.postgres?.role === "standby" && node.postgres.lagBytes === null, "the standby is not streaming"],
    [node.agent === null, "the agent does not answer; journalctl -u trivet-agent says why"],
    [holdsData && node.redis === null, "redis does not answer"],
    [node.app === null, 'no release is there; run "npx trivet deploy DIR"'],
    [node.app?.healthy === false, `the application's release ${node.app?.release} is not healthy`],
    [node.balancer !== true && health?.in !== false, "the load balancer's health check fails"],
    [health?.in === false && drains.length === 0, `out of rotation: ${inSentence(health?.why ?? "")}`],
    [drains.includes(operator), `drained by an operator; "npx trivet undrain ${name}" ends it`],
    [
      drains.some((by) => by !== operator),
      `drained by ${list(drains.filter((by) => by !== operator))}, which should end it by itself`,
    ],
    [over(node.disk?.percent, diskLimitPercent), `the disk is ${node.disk?.percent} % full`],
    [
      node.memory !== null && over((100 * node.memory.usedMiB) / node.memory.totalMiB, memoryLimitPercent),
      `${node.memory?.usedMiB} of ${node.memory?.totalMiB} MiB of memory are used`,
    ],
    [
      under(node.certificateDays, certificateLimitDays) && node.certificateDays !== node.siteCertificateDays,
      `a certificate of the private authority ends in ${node.certificateDays} days; run "pulumi up"`,
    ],
    [
      under(node.siteCertificateDays, certificateLimitDays),
      `the sites' certificate ends in ${node.siteCertificateDays} days and was not renewed; docs/certificates.md says what to do`,
    ],
  ];
  const known = problems.flatMap(([present, text]) => (present ? [text] : []));
  return [...known, ...(node.agent?.problems ?? [])].map((text) => `${name}: ${text}.`);
}

const over = (value: number | undefined, limit: number): boolean => value !== undefined && value > limit;
const under = (value: number | null, limit: number): boolean => value !== null && value < limit;

const named = (nodes: readonly Observed[], wanted: (node: Observed) => boolean): string[] =>
  nodes.filter(wanted).map((node) => node.name);
