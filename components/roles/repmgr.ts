import { createHash } from "node:crypto";
import type { Node } from "../node";
import { Role } from "../role";
import type { Postgres } from "./postgres";
import type { Secrets } from "./secrets";

export interface RepmgrArgs {
  postgres: Postgres;
  secrets: Secrets;
}

/** Clones standbys, keeps the books of who is what, and elects a new primary. */
export class Repmgr extends Role {
  constructor(node: Node, args: RepmgrArgs) {
    super("repmgr", node, {
      view: { id: repmgrId(node.name), name: node.name, privateIp: node.privateIp },
      after: [args.postgres],
      secrets: args.secrets.digest("/etc/trivet/postgres/pgpass"),
    });
  }
}

/** repmgr wants a number; the name is the identity. Positive, and below 2^31. */
export function repmgrId(name: string): number {
  return (createHash("sha256").update(name).digest().readUInt32BE() % 0x7ffffffe) + 1;
}
