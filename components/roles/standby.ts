import type { Node } from "../node";
import { Role } from "../role";
import type { Postgres } from "./postgres";
import type { Primary } from "./primary";
import type { Repmgr } from "./repmgr";

export interface StandbyArgs {
  postgres: Postgres;
  repmgr: Repmgr;
  /** There must be a cluster to join. */
  primary: Primary;
  /** One standby after the other, so that a change never disturbs two at a time. */
  after?: Standby;
}

/** Every other data node's data: cloned from the primary if it has none, kept if it has. */
export class Standby extends Role {
  constructor(node: Node, args: StandbyArgs) {
    super("standby", node, {
      view: { privateIp: node.privateIp },
      after: [args.repmgr, args.primary, ...(args.after ? [args.after] : [])],
      builtOn: [args.postgres, args.repmgr],
    });
  }
}
