import type { Node } from "../node";
import { Role } from "../role";
import type { Postgres } from "./postgres";
import type { Repmgr } from "./repmgr";
import type { Secrets } from "./secrets";

export interface PrimaryArgs {
  postgres: Postgres;
  repmgr: Repmgr;
  secrets: Secrets;
}

/**
 * The nominated node's data: it starts the cluster if no node has one. Who is primary after that is the cluster's own
 * decision, and this node joins as what it finds itself to be. Also the database's roles and the application's database.
 */
export class Primary extends Role {
  constructor(node: Node, args: PrimaryArgs) {
    super("primary", node, {
      view: { privateIp: node.privateIp },
      after: [args.repmgr],
      secrets: args.secrets.digest("/etc/trivet/postgres/passwords.sql"),
      builtOn: [args.postgres, args.repmgr],
    });
  }
}
