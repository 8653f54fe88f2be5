import * as pulumi from "@pulumi/pulumi";
import type { Node } from "../node";
import { Role } from "../role";
import type { Primary } from "./primary";
import type { Secrets } from "./secrets";
import type { Standby } from "./standby";

export interface PgbouncerArgs {
  /** Every data node: the primary is one of them. */
  peers: Node[];
  /** What must be up before: the primary and its standbys. */
  database: [Primary, ...Standby[]];
  secrets: Secrets;
}

/** The application's way to the database: a pooler on every node that finds the primary, wherever it is. */
export class Pgbouncer extends Role {
  constructor(node: Node, args: PgbouncerArgs) {
    super("pgbouncer", node, {
      view: { hosts: join(args.peers) },
      after: args.database,
      secrets: args.secrets.digest("/etc/trivet/tls/", "/etc/trivet/pgbouncer/"),
    });
  }
}

const join = (peers: Node[]) => pulumi.all(peers.map((peer) => peer.privateIp)).apply((ips) => ips.join(","));
