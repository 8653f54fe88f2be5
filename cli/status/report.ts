import { z } from "zod";
import { agentReport } from "../agents/agents";

/**
 * What /usr/local/lib/trivet/status prints on a node: one JSON line. A part that is not there, or does not answer, is
 * null.
 */
export const nodeReport = z.object({
  /** Whether the load balancer's health check would pass. */
  balancer: z.boolean().nullable(),
  /** `lagBytes`: what the standby still has to replay; null while it is not streaming; 0 on a primary. */
  postgres: z
    .object({ role: z.enum(["primary", "standby"]), timeline: z.number(), lagBytes: z.number().nullable() })
    .nullable(),
  /** What the node's agent says of the election; null when it does not answer. */
  agent: agentReport.nullable(),
  redis: z.object({ role: z.enum(["master", "replica"]) }).nullable(),
  /** `healthy`: every worker's health check answers 2xx. */
  app: z.object({ release: z.string(), healthy: z.boolean() }).nullable(),
  memory: z.object({ usedMiB: z.number(), totalMiB: z.number() }).nullable(),
  /** Of the root file system. */
  disk: z.object({ percent: z.number() }).nullable(),
  /** Whole days until the first certificate ends, of all that the node, its application and its sites show to others. */
  certificateDays: z.number().nullable(),
  /** The same of the sites' certificate, which visitors see. The nodes renew it; `pulumi up` renews the others. */
  siteCertificateDays: z.number().nullable(),
});

export type NodeReport = z.infer<typeof nodeReport>;

export type NodeStatus = { name: string; publicIp: string; privateIp: string } & NodeReport;

/** The form of `trivet status --json`. */
export interface Status {
  stack: string;
  /** Whether there are no problems. */
  healthy: boolean;
  /** One sentence each. */
  problems: string[];
  /** In the order of the stack. A node that cannot be reached has null everywhere. */
  nodes: NodeStatus[];
  /** RFC 3339 times. All null: nothing makes backups yet. */
  backup: { lastFull: null; lastIncremental: null; lastArchivedWal: null; lastRehearsal: null };
}

export const nothingKnown: NodeReport = {
  balancer: null,
  postgres: null,
  agent: null,
  redis: null,
  app: null,
  memory: null,
  disk: null,
  certificateDays: null,
  siteCertificateDays: null,
};

export const noBackups: Status["backup"] = {
  lastFull: null,
  lastIncremental: null,
  lastArchivedWal: null,
  lastRehearsal: null,
};
