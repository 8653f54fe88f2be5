import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { Balancer } from "./balancer";
import type { Network } from "./network";
import { portsFor } from "./ports";

export interface FirewallArgs {
  network: Network;
  balancer: Balancer;
  /** The tag of the droplets that it guards. */
  tag: pulumi.Input<string>;
  /** CIDRs from which SSH is answered. */
  sshFrom: string[];
}

/**
 * The cloud's own firewall, by tag and made before the droplets, so that none is ever without it. It holds for the
 * private network as well: what is not named here is dropped there too.
 */
export class Firewall extends pulumi.ComponentResource {
  constructor(name: string, args: FirewallArgs) {
    super("trivet:network:Firewall", name, {});
    const everywhere = ["0.0.0.0/0", "::/0"];
    new digitalocean.Firewall(
      name,
      {
        name,
        tags: [args.tag],
        inboundRules: [
          ...portsFor("anyone").map((port) => tcp(port, { sourceAddresses: args.sshFrom })),
          ...portsFor("balancer").map((port) => tcp(port, { sourceLoadBalancerUids: [args.balancer.id] })),
          ...portsFor("nodes").map((port) => tcp(port, { sourceAddresses: [args.network.cidr] })),
          { protocol: "icmp", sourceAddresses: [args.network.cidr] },
        ],
        outboundRules: [
          { protocol: "tcp", portRange: "1-65535", destinationAddresses: everywhere },
          { protocol: "udp", portRange: "1-65535", destinationAddresses: everywhere },
          { protocol: "icmp", destinationAddresses: everywhere },
        ],
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

type Sources = Pick<digitalocean.types.input.FirewallInboundRule, "sourceAddresses" | "sourceLoadBalancerUids">;

function tcp(port: number, sources: Sources): digitalocean.types.input.FirewallInboundRule {
  return { protocol: "tcp", portRange: String(port), ...sources };
}
