import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { Balancer } from "./balancer";
import type { Node } from "./node";

/** Files the stack's machines under one project of the account. */
export class Account extends pulumi.ComponentResource {
  constructor(name: string, args: { environment: string; balancer: Balancer; nodes: Node[] }) {
    super("trivet:account:Account", name, {});
    new digitalocean.Project(
      name,
      {
        name,
        description: "Trivet: a home for Node.js applications",
        purpose: "Web Application",
        environment: args.environment,
        resources: [args.balancer.cloudUrn, ...args.nodes.map((node) => node.cloudUrn)],
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
