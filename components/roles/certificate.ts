import type * as pulumi from "@pulumi/pulumi";
import type { Node } from "../node";
import { Role } from "../role";
import type { Secrets } from "./secrets";

export interface CertificateArgs {
  /** Every host name of the stack, in one certificate. */
  hosts: string[];
  /** Every node of the stack: the others may have the certificate, and its place says when it is a node's turn to order. */
  nodes: Node[];
  /** The issuer's ACME directory, or "none": then the private authority's certificate stays. */
  directory: string;
  /** Where the renewal is rehearsed: an ACME directory, or "none". */
  staging: string;
  /** The account's mail address; may be empty. */
  email: string;
  /** The account's key, as the issuer knows it. */
  thumbprint: pulumi.Input<string>;
  secrets: Secrets;
}

/** Keeps what nginx shows the sites' clients: the public certificate, and until there is one, the private authority's. */
export class Certificate extends Role {
  constructor(node: Node, args: CertificateArgs) {
    super("certificate", node, {
      view: {
        hosts: args.hosts,
        directory: args.directory,
        staging: args.staging,
        email: args.email,
        thumbprint: args.thumbprint,
        privateIp: node.privateIp,
        peers: args.nodes.filter((other) => other !== node).map((other) => other.privateIp),
        place: args.nodes.indexOf(node),
      },
      secrets: args.secrets.digest("/etc/trivet/tls/site", "/etc/trivet/acme"),
    });
  }
}
