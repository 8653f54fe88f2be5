import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

export interface NetworkArgs {
  region: string;
  /** The VPC's range, a CIDR. */
  cidr: string;
}

/** The private network: everything between the machines goes through it. */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly cidr: string;
  readonly region: string;

  constructor(name: string, args: NetworkArgs) {
    super("trivet:network:Network", name, {});
    const vpc = new digitalocean.Vpc(
      name,
      { name, region: args.region, ipRange: args.cidr, description: "Trivet's private network" },
      { parent: this },
    );
    this.vpcId = vpc.id;
    this.cidr = args.cidr;
    this.region = args.region;
    this.registerOutputs();
  }
}
