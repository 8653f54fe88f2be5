import type { Node } from "../node";
import { Role } from "../role";
import type { App } from "./app";
import type { Secrets } from "./secrets";

export interface NginxArgs {
  domain: string;
  /** The private network's range: the load balancer's PROXY protocol is believed from there. */
  vpcCidr: string;
  /** The largest request body, in MiB. */
  uploadLimitMiB: number;
  workerPorts: number[];
  app: App;
  secrets: Secrets;
}

/** Ends TLS, answers the load balancer's health check, and passes requests on to the node's workers. */
export class Nginx extends Role {
  constructor(node: Node, args: NginxArgs) {
    super("nginx", node, {
      view: {
        domain: args.domain,
        privateIp: node.privateIp,
        vpcCidr: args.vpcCidr,
        uploadLimitMib: args.uploadLimitMiB,
        workers: args.workerPorts.map((port) => ({ port })),
      },
      after: [args.app],
      secrets: args.secrets.digest("/etc/trivet/tls/site"),
    });
  }
}
