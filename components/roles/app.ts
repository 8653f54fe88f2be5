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

/** What node needs beside its heap: at a full heap, it was measured at 60 to 75 MiB (Node.js 24). */
const beyondHeapMiB = 64;

/** Runs the application's workers from /srv/app/current. What is there is put there by a deploy, never by `pulumi up`. */
export class App extends Role {
  constructor(node: Node, args: AppArgs) {
    // A third of the machine for all workers; beyond it a leaking one is restarted before it hurts the database.
    const memoryMaxMib = Math.round(node.spec.memoryMiB / 3 / args.ports.length);
    super("app", node, {
      view: {
        ports: args.ports,
        nodeName: node.name,
        // In the unit, so that the workers are restarted for a new one.
        nodejsVersion: args.nodejsVersion,
        memoryMaxMib,
        // Below the limit, so that a leak ends in node's own message; with many workers on little memory, what is left.
        heapMaxMib: Math.max(16, Math.floor(memoryMaxMib * 0.9) - beyondHeapMiB),
      },
      after: [args.pgbouncer, ...args.sentinels, ...(args.after ? [args.after] : [])],
      secrets: args.secrets.digest("/etc/trivet/app.env", "/etc/trivet/tls/ca.crt", "/etc/trivet/tls/app."),
    });
  }
}
