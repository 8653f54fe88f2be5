import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { LastNode } from "../../agent/settings";
import type { Bundle } from "../bundle";
import type { Node } from "../node";
import { Role } from "../role";
import type { Postgres } from "./postgres";
import type { Secrets } from "./secrets";

export interface AgentArgs {
  /** The program. */
  bundle: Bundle;
  /** Every node of the stack. */
  nodes: Node[];
  /** What a last data node does. */
  lastNode: LastNode;
  /** Absent on a node without data, where the agent only shows the pooler the way. */
  postgres?: Postgres;
  /** One agent after the other, so that a leader always finds a majority of those that it counts on. */
  after?: Agent;
  secrets: Secrets;
}

/** Decides, with the other nodes' agents, what this node's PostgreSQL is, and where its pooler's clients go. */
export class Agent extends Role {
  constructor(node: Node, args: AgentArgs) {
    const remote = "/var/lib/trivet/agent.cjs";
    const sent = new command.remote.CopyToRemote(
      `${node.name}-agent-program`,
      {
        connection: node.connection,
        source: new pulumi.asset.FileAsset(args.bundle.file),
        remotePath: remote,
        // A replaced droplet has none.
        triggers: [node.dropletId, args.bundle.sha256],
      },
      { parent: node, deletedWith: node.droplet, dependsOn: [args.secrets] },
    );
    super("agent", node, {
      view: {
        name: node.name,
        lastNode: args.lastNode,
        nodesJson: peers(args.nodes),
        bundle: remote,
        bundleSha256: args.bundle.sha256,
      },
      after: [sent, ...[args.postgres, args.after].filter((role) => role !== undefined)],
      secrets: args.secrets.digest("/etc/trivet/agent/", "/etc/trivet/tls/ca.crt", "/etc/trivet/tls/node."),
    });
  }
}

/** What agent/settings.ts reads. */
function peers(nodes: Node[]): pulumi.Output<string> {
  const known = nodes.map((node) =>
    pulumi.output(node.privateIp).apply((ip) => ({ name: node.name, ip, data: node.spec.data })),
  );
  return pulumi.all(known).apply((list) => JSON.stringify(list));
}
