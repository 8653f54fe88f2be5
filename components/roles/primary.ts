import type { Node } from "../node";
import { Role } from "../role";
import type { Agent } from "./agent";
import type { Postgres } from "./postgres";
import type { Secrets } from "./secrets";

export interface PrimaryArgs {
  postgres: Postgres;
  /** Every data node's: only together can they say that there is no cluster yet. */
  agents: Agent[];
  secrets: Secrets;
}

/**
 * The nominated node's data: it starts the cluster if no node has one. Who is primary after that is the cluster's own
 * decision. Also the database's roles and the application's database, wherever the primary is.
 */
export class Primary extends Role {
  constructor(node: Node, args: PrimaryArgs) {
    super("primary", node, {
      after: args.agents,
      secrets: args.secrets.digest("/etc/trivet/postgres/passwords.sql"),
      builtOn: [args.postgres],
    });
  }
}
