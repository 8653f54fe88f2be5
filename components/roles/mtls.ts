import type { Node } from "../node";
import { Role } from "../role";
import type { App } from "./app";

export interface MtlsArgs {
  /** Every node's workers: each shows a certificate by now. */
  apps: App[];
  /** One node after the other: sentinel restarts. */
  after?: Mtls;
}

/**
 * From now on redis and sentinel refuse a client without a certificate of the stack's authority. A role of its own, and
 * the last one, so that the clients of a stack that did not ask for one before all have theirs when it is asked for.
 */
export class Mtls extends Role {
  constructor(node: Node, args: MtlsArgs) {
    super("mtls", node, { after: [...args.apps, ...(args.after ? [args.after] : [])] });
  }
}
