import { z } from "zod";
import { lastLines, reasonOf, UserError } from "../errors";
import { SshConnection } from "../ssh";
import type { StackNode, StackOutputs } from "../stack";
import { sshTarget } from "../target";

/** What commands read of an agent's own report (agent/status.ts). */
export const agentReport = z.object({
  data: z.boolean(),
  role: z.enum(["leader", "follower", "candidate"]),
  term: z.number(),
  /** Whom it takes for the leader. */
  leader: z.string().nullable(),
  /** A leader: whether a majority confirms it. */
  lease: z.boolean(),
  members: z.array(z.string()),
  postgres: z.object({
    state: z.string(),
    /** The term in which the last record of its data was written, and where that ends. */
    dataTerm: z.number().nullable(),
    position: z.string().nullable(),
  }),
  problems: z.array(z.string()),
  /** Whether the node is in rotation; an older agent does not tell. */
  health: z
    .object({
      in: z.boolean(),
      /** One sentence. */
      why: z.string(),
      /** Who wants it out of rotation. */
      drains: z.array(z.string()),
      /** By their ports. */
      workers: z.record(z.string(), z.enum(["well", "unwell", "dead"])),
      /** Whether queries find a primary, and commands redis' master; null where the node cannot ask. */
      database: z.boolean().nullable(),
      redis: z.boolean().nullable(),
    })
    .optional(),
});

export type AgentReport = z.infer<typeof agentReport>;

/** A node's agent as it answered, or why it did not. */
export interface Asked {
  node: StackNode;
  report: AgentReport | null;
  silence: string | null;
}

const client = "/usr/local/lib/trivet/ask-agent";

/** Asks one node's agent, over SSH. @throws UserError with the agent's own sentence when it refuses */
export async function askAgent(outputs: StackOutputs, node: StackNode, call: string): Promise<unknown> {
  const connection = await SshConnection.open(sshTarget(outputs, node), { timeout: 5_000 });
  try {
    const { code, stdout, stderr } = await connection.run(`${client} ${call}`);
    if (code !== 0) throw new UserError(`${node.name}: ${lastLines(stderr, 1) || `exit code ${code}`}`);
    return JSON.parse(stdout) as unknown;
  } finally {
    connection.close();
  }
}

/** What a node's agent says of itself. @throws UserError when it does not answer */
export async function askReport(outputs: StackOutputs, node: StackNode): Promise<AgentReport> {
  return agentReport.parse(await askAgent(outputs, node, "GET /status"));
}

/** Asks every node's agent what it knows. Silence is an answer too. */
export function askAll(outputs: StackOutputs): Promise<Asked[]> {
  return Promise.all(
    outputs.nodes.map(async (node) => {
      try {
        return { node, report: await askReport(outputs, node), silence: null };
      } catch (error) {
        return { node, report: null, silence: reasonOf(error) };
      }
    }),
  );
}

/** The node that leads, by its own word and a majority's. */
export const leaderOf = (asked: readonly Asked[]): Asked | undefined =>
  asked.find(({ report }) => report?.role === "leader" && report.lease);
