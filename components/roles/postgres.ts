import type { Node } from "../node";
import { Role } from "../role";
import type { Secrets } from "./secrets";

export interface PostgresArgs {
  /** The private network's range: where connections may come from. */
  vpcCidr: string;
  secrets: Secrets;
}

/** PostgreSQL's software and settings on a data node. Its data is the business of the roles Primary and Standby. */
export class Postgres extends Role {
  constructor(node: Node, args: PostgresArgs) {
    super("postgres", node, {
      view: {
        ...sizedFor(node.spec.memoryMiB),
        privateIp: node.privateIp,
        vpcCidr: args.vpcCidr,
      },
      secrets: args.secrets.digest("/etc/trivet/tls/ca.crt", "/etc/trivet/tls/node.", "/etc/trivet/postgres/"),
    });
  }
}

/** For a machine that PostgreSQL shares with everything else: an eighth for its buffers, a third assumed in the page cache. */
function sizedFor(memoryMiB: number) {
  return {
    sharedBuffersMib: Math.round(memoryMiB / 8),
    effectiveCacheSizeMib: Math.round(memoryMiB / 3),
    maintenanceWorkMemMib: Math.round(memoryMiB / 16),
  };
}
