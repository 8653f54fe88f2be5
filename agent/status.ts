import type { Agent } from "./agent";
import { positionAt } from "./election/lineage";
import type { Health, HealthReport } from "./health/health";
import { problems } from "./problems";
import { parseLsn, type Lsn } from "./postgres/lsn";

/** What a node says of itself: /run/trivet/agent.sock, GET /status. */
export interface AgentStatus {
  node: string;
  /** Whether it holds data, and so has a PostgreSQL and a vote. */
  data: boolean;
  term: number;
  role: "leader" | "follower" | "candidate";
  /** Whom it takes for the leader; null when it has heard none lately. */
  leader: string | null;
  /** Its address, once it takes writes. */
  leaderIp: string | null;
  /** Whether a majority confirms it, leading. */
  lease: boolean;
  /** It leads by an operator's word alone. */
  forced: boolean;
  timeline: number | null;
  members: string[];
  postgres: {
    state: string;
    running: boolean;
    inRecovery: boolean;
    /** From whom its standby receives the log. */
    streaming: string | null;
    position: Lsn | null;
    /** The term in which the last record of its data was written. */
    dataTerm: number | null;
    /** A primary's standbys, and how far behind each is on disk, in bytes. */
    standbys: { name: string; lagBytes: number | null }[];
  };
  pooler: { route: "primary" | "reads" | "paused"; host: string | null };
  health: HealthReport;
  problems: string[];
}

export function status(agent: Agent, health: Pick<Health, "report">): AgentStatus {
  const { self, voter, leadership, look, parts } = agent;
  const { term, membership, forced, lineage } = voter.durable;
  const answers = look.state === "primary" || look.state === "standby";
  const route = parts.pooler.route;
  const leader = leadership?.ready ? self.name : (agent.heard?.leader ?? null);
  return {
    node: self.name,
    data: self.data,
    term,
    role: agent.role,
    leader,
    leaderIp: agent.primary?.ip ?? null,
    lease: leadership?.holds ?? false,
    forced,
    timeline: answers ? look.timeline : null,
    members: membership.names,
    postgres: {
      state: look.state,
      running: answers || look.state === "starting" || look.state === "hung",
      inRecovery: look.state === "standby",
      streaming: look.state === "standby" ? look.streamsFrom : null,
      position: answers ? look.lsn : null,
      dataTerm: answers ? positionAt(look.lsn, look.timeline, lineage).term : null,
      standbys:
        look.state === "primary"
          ? look.standbys.map(({ name, flushed }) => ({
              name,
              lagBytes: flushed === null ? null : behind(look.lsn, flushed),
            }))
          : [],
    },
    pooler: {
      route: route?.to === "primary" ? "primary" : route?.to === "reads" ? "reads" : "paused",
      host: route && "ip" in route ? route.ip : null,
    },
    health: health.report(),
    problems: problems(agent),
  };
}

function behind(lsn: Lsn, flushed: Lsn): number {
  return Math.max(0, Number(parseLsn(lsn) - parseLsn(flushed)));
}
