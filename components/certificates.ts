import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Node } from "./node";

const hoursAYear = 8766;

/** A certificate with its key, as PEM. */
export interface Certificate {
  certificate: pulumi.Output<string>;
  /** Secret. */
  privateKey: pulumi.Output<string>;
}

/**
 * The stack's own certificate authority. It signs what the machines show each other: PostgreSQL, redis, sentinel and
 * pgbouncer all verify it.
 */
export class Authority extends pulumi.ComponentResource {
  readonly certificate: pulumi.Output<string>;
  private readonly name: string;
  private readonly key: tls.PrivateKey;

  constructor(name: string) {
    super("trivet:secrets:Authority", name, {});
    this.name = name;
    this.key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    const root = new tls.SelfSignedCert(
      name,
      {
        privateKeyPem: this.key.privateKeyPem,
        isCaCertificate: true,
        subject: { commonName: `${name} authority`, organization: "Trivet" },
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: 20 * hoursAYear,
      },
      { parent: this },
    );
    this.certificate = root.certPem;
    this.registerOutputs();
  }

  /** For a node, toward the others: server and client at once, by its private address. */
  forNode(node: Node): Certificate {
    return this.sign(`${node.name}-node`, node.name, {
      ipAddresses: [node.privateIp, "127.0.0.1"],
      dnsNames: [node.name, "localhost"],
    });
  }

  /**
   * For the application, toward redis and sentinel: a client and never a server. No node can have its name, which has a
   * space, so no agent takes it for a node's.
   */
  forApplication(): Certificate {
    return this.sign(`${this.name}-app`, `${this.name} application`, {}, ["digital_signature", "client_auth"]);
  }

  /** For the sites' host names, the first of them as the subject, where no public authority has signed one. */
  forSites(hosts: [string, ...string[]]): Certificate {
    return this.sign(`${this.name}-site`, hosts[0], { dnsNames: hosts });
  }

  private sign(
    name: string,
    commonName: string,
    names: { ipAddresses?: pulumi.Input<string>[]; dnsNames?: string[] },
    allowedUses = ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
  ): Certificate {
    const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    const request = new tls.CertRequest(
      name,
      { privateKeyPem: key.privateKeyPem, subject: { commonName, organization: "Trivet" }, ...names },
      { parent: this },
    );
    const signed = new tls.LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: this.key.privateKeyPem,
        caCertPem: this.certificate,
        allowedUses,
        // Browsers refuse more than 398 days; an `up` in the last 60 renews.
        validityPeriodHours: 397 * 24,
        earlyRenewalHours: 60 * 24,
      },
      { parent: this },
    );
    return { certificate: signed.certPem, privateKey: key.privateKeyPem };
  }
}
