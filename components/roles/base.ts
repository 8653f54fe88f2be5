import type * as pulumi from "@pulumi/pulumi";
import type { Node } from "../node";
import { Role } from "../role";

export interface BaseArgs {
  /** The ports of the application's workers. */
  workerPorts: number[];
  /** Whether the stack has other nodes, to which requests go while this one's workers restart. */
  peers: boolean;
  /** authorized_keys lines of the people who may log in, beside the stack's own key. */
  developerKeys: string[];
  /** authorized_keys line of the stack's own key. */
  deployKey: pulumi.Input<string>;
}

/** What every other role takes for granted: packages, users with the same ids everywhere, the clock, SSH's keys. */
export class Base extends Role {
  constructor(node: Node, args: BaseArgs) {
    super("base", node, {
      view: {
        name: node.name,
        memoryMib: node.spec.memoryMiB,
        privateIp: node.privateIp,
        peers: args.peers,
        workersJson: JSON.stringify(args.workerPorts.map((port) => ({ port }))),
        authorizedKeys: [args.deployKey, ...args.developerKeys],
      },
    });
  }
}
