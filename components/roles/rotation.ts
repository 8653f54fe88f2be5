import type { Node } from "../node";
import { Role } from "../role";
import type { Nginx } from "./nginx";

export interface RotationArgs {
  /** One worker each. */
  workerPorts: number[];
  nginx: Nginx;
}

/** Takes the node out of the load balancer's rotation before it stops, and for maintenance. */
export class Rotation extends Role {
  constructor(node: Node, args: RotationArgs) {
    super("rotation", node, {
      view: { workers: args.workerPorts.map((port) => ({ port })) },
      after: [args.nginx],
    });
  }
}
