import type { Node } from "../node";
import { Role } from "../role";
import type { Pgbouncer } from "./pgbouncer";
import type { Secrets } from "./secrets";
import type { Sentinel } from "./sentinel";

export interface AppArgs {
  /** One worker each. */
  ports: number[];
  nodejsVersion: string;
  /** The stores that the application is started after. */
  pgbouncer: Pgbouncer;
  sentinels: Sentinel[];
  /** One node's workers after the other's, so that a change never stops all of them. */
  after?: App;
  secrets: Secrets;
}

/** Runs the application's workers from /srv/app/current. What is there is put there by a deploy, never by `pulumi up`. */
export class App extends Role {
  constructor(node: Node, args: AppArgs) {
    super("app", node, {
      view: {
        ports: args.ports,
        nodeName: node.name,
        // In the unit, so that the workers are restarted for a new one.
        nodejsVersion: args.nodejsVersion,
        // A third of the machine for all workers; beyond it a leaking one is restarted before it hurts the database.
        memoryMaxMib: Math.round(node.spec.memoryMiB / 3 / args.ports.length),
      },
      after: [args.pgbouncer, ...args.sentinels, ...(args.after ? [args.after] : [])],
      secrets: args.secrets.digest("/etc/trivet/app.env", "/etc/trivet/tls/ca.crt", "/etc/trivet/tls/app."),
    });
  }
}
