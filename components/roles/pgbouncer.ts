import type { Node } from "../node";
import { Role } from "../role";
import type { Agent } from "./agent";
import type { Primary } from "./primary";
import type { Secrets } from "./secrets";
import type { Standby } from "./standby";

export interface PgbouncerArgs {
  /** It shows the way to the primary. */
  agent: Agent;
  /** What must be up before: the primary and its standbys. */
  database: [Primary, ...Standby[]];
  secrets: Secrets;
}

/** The application's way to the database: a pooler on every node, led to the primary by the node's agent. */
export class Pgbouncer extends Role {
  constructor(node: Node, args: PgbouncerArgs) {
    super("pgbouncer", node, {
      after: [args.agent, ...args.database],
      secrets: args.secrets.digest("/etc/trivet/tls/ca.crt", "/etc/trivet/tls/node.", "/etc/trivet/pgbouncer/"),
    });
  }
}
