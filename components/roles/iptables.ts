import type { Node } from "../node";
import { portsFor } from "../ports";
import { Role } from "../role";

export interface IptablesArgs {
  /** The private network's range. */
  vpcCidr: string;
}

/** The node's own firewall: one complete rule file, tested before it is loaded, taken back if it locks SSH out. */
export class Iptables extends Role {
  constructor(node: Node, args: IptablesArgs) {
    super("iptables", node, {
      view: {
        vpcCidr: args.vpcCidr,
        privateIp: node.privateIp,
        publicPorts: portsFor("anyone").join(","),
        privatePorts: [...portsFor("balancer"), ...portsFor("nodes")].join(","),
      },
    });
  }
}
