import type * as pulumi from "@pulumi/pulumi";
import type { Node } from "../node";
import { Role } from "../role";
import type { App } from "./app";
import type { Secrets } from "./secrets";

/** What the stack's sites are called, and by which host name each is asked for; the site main first. */
export type Sites = [Site, ...Site[]];

interface Site {
  site: string;
  host: string;
}

export interface NginxArgs {
  sites: Sites;
  /** Every node of the stack: one whose workers restart sends requests to the others'. */
  nodes: Node[];
  /** The private network's range: the load balancer's PROXY protocol is believed from there. */
  vpcCidr: string;
  /** The largest request body, in MiB. */
  uploadLimitMiB: number;
  /** Requests a second to the workers, for one client address. */
  requestsPerSecond: number;
  /** Requests at the same time, for one client address. */
  connectionsPerClient: number;
  workerPorts: number[];
  /** Of the ACME account's key, with which an authority's questions are answered. */
  acmeThumbprint: pulumi.Input<string>;
  app: App;
  secrets: Secrets;
}

/** Ends TLS, answers the load balancer's health check, and passes requests on to workers: the node's or its peers'. */
export class Nginx extends Role {
  constructor(node: Node, args: NginxArgs) {
    const others = args.nodes.filter((other) => other !== node);
    const peers = others.map(({ name, privateIp: ip }) => ({ name, ip }));
    super("nginx", node, {
      view: {
        nodeName: node.name,
        sites: args.sites.map(({ site, host }) => ({ site, host })),
        siteNames: args.sites.map(({ site }) => site),
        siteHosts: args.sites.map(({ host }) => host),
        privateIp: node.privateIp,
        vpcCidr: args.vpcCidr,
        uploadLimitMib: args.uploadLimitMiB,
        requestsPerSecond: args.requestsPerSecond,
        // A page with all that it loads, or the first minute of a morning in an office.
        requestsBurst: 4 * args.requestsPerSecond,
        connectionsPerClient: args.connectionsPerClient,
        workers: args.workerPorts.map((port) => ({ port })),
        hasPeers: peers.length > 0,
        peers,
        // The same in the same circle, begun one later.
        peersAfter: [...peers.slice(1), ...peers.slice(0, 1)],
        acmeThumbprint: args.acmeThumbprint,
      },
      after: [args.app],
      secrets: args.secrets.digest("/etc/trivet/tls/site", "/etc/trivet/tls/node.", "/etc/trivet/tls/ca.crt"),
    });
  }
}
