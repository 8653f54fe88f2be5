import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "./network";

export interface BalancerArgs {
  network: Network;
  /** The tag of the droplets that it sends connections to. */
  tag: pulumi.Input<string>;
}

/** Takes connections in on 80 and 443 and passes them on as they are; TLS ends on the nodes. */
export class Balancer extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly ip: pulumi.Output<string>;
  readonly cloudUrn: pulumi.Output<string>;

  constructor(name: string, args: BalancerArgs) {
    super("trivet:network:Balancer", name, {});
    const balancer = new digitalocean.LoadBalancer(
      name,
      {
        name,
        region: args.network.region,
        vpcUuid: args.network.vpcId,
        dropletTag: args.tag,
        // nginx, fail2ban and the logs see the client's address through it.
        enableProxyProtocol: true,
        forwardingRules: [
          { entryPort: 80, entryProtocol: "tcp", targetPort: 80, targetProtocol: "tcp" },
          { entryPort: 443, entryProtocol: "https", targetPort: 443, targetProtocol: "https", tlsPassthrough: true },
        ],
        // The fastest that DigitalOcean allows: a dead node is out after 6 to 9 seconds. All five are set because its
        // own documents disagree on the defaults.
        healthcheck: {
          protocol: "http",
          port: 80,
          path: "/health",
          checkIntervalSeconds: 3,
          responseTimeoutSeconds: 3,
          unhealthyThreshold: 2,
          healthyThreshold: 2,
        },
      },
      { parent: this },
    );
    this.id = balancer.id;
    this.ip = balancer.ip;
    this.cloudUrn = balancer.loadBalancerUrn;
    this.registerOutputs();
  }
}
