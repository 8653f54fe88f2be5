import { lastLines, reasonOf, UserError } from "../errors";
import { SshConnection } from "../ssh";
import type { StackNode, StackOutputs } from "../stack";
import { sshTarget } from "../target";
import { problemsOf, type Observed } from "./problems";
import { noBackups, nodeReport, nothingKnown, type NodeReport, type Status } from "./report";

const reporter = "/usr/local/lib/trivet/status";
const timeouts = { connect: 5_000, report: 20_000 };

/** Asks all nodes at once. A node that does not answer is a problem of the cluster, never a fault of this call. */
export async function collectStatus(stack: string, outputs: StackOutputs): Promise<Status> {
  const observed = await Promise.all(outputs.nodes.map((node) => observe(outputs, node)));
  const problems = problemsOf(observed);
  const nodes = observed.map(({ unreachable: _, ...node }) => node);
  return { stack, healthy: problems.length === 0, problems, nodes, backup: noBackups };
}

/** One node's report, or why there is none. Never rejects. */
export async function observe(outputs: StackOutputs, node: StackNode): Promise<Observed> {
  const { name, publicIp, privateIp } = node;
  try {
    return { name, publicIp, privateIp, ...(await report(outputs, node)) };
  } catch (error) {
    const unreachable = error instanceof UserError ? error.message : `${name}: ${reasonOf(error)}.`;
    return { name, publicIp, privateIp, ...nothingKnown, unreachable };
  }
}

async function report(outputs: StackOutputs, node: StackNode): Promise<NodeReport> {
  const connection = await SshConnection.open(sshTarget(outputs, node), { timeout: timeouts.connect });
  try {
    const ran = await connection.run(reporter, { timeout: timeouts.report });
    return readReport(node.name, ran.stdout, ran.code, ran.stderr);
  } finally {
    connection.close();
  }
}

/** Reads what the reporter printed. Throws UserError when that is no report. */
export function readReport(name: string, stdout: string, code: number, stderr = ""): NodeReport {
  let line: unknown;
  try {
    line = JSON.parse(stdout);
  } catch {
    line = undefined;
  }
  const parsed = nodeReport.safeParse(line);
  if (code === 0 && parsed.success) return parsed.data;
  const said = lastLines(stderr, 1) || `exit code ${code}`;
  throw new UserError(`${name}: ${reporter} gave no report (${said}); run "pulumi up", which installs it.`);
}
