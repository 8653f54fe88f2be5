import type { Node } from "../node";
import { Role } from "../role";
import type { Postgres } from "./postgres";
import type { Primary } from "./primary";

export interface StandbyArgs {
  postgres: Postgres;
  /** There must be a cluster to join. */
  primary: Primary;
  /** One standby after the other, so that a change never disturbs two at a time. */
  after?: Standby;
}

/** Every other data node's data: its agent makes it a standby, and this role waits until it is one. */
export class Standby extends Role {
  constructor(node: Node, args: StandbyArgs) {
    super("standby", node, {
      after: [args.primary, ...(args.after ? [args.after] : [])],
      builtOn: [args.postgres],
    });
  }
}
