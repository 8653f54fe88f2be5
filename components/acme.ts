import { createHash, createPublicKey } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/**
 * The account at the issuer of public certificates. Its key is the same on all nodes, so that any of them can order, and
 * each can answer a validation that was begun by another: the answer is made of the token and the key's thumbprint.
 */
export class AcmeAccount extends pulumi.ComponentResource {
  /** PEM. Secret. */
  readonly privateKey: pulumi.Output<string>;
  /** What nginx answers after the token and a dot. Public. */
  readonly thumbprint: pulumi.Output<string>;

  constructor(name: string) {
    super("trivet:secrets:AcmeAccount", name, {});
    const key = new tls.PrivateKey(`${name}-acme`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    this.privateKey = key.privateKeyPem;
    this.thumbprint = key.publicKeyPem.apply(thumbprint);
    this.registerOutputs();
  }
}

/** Which members of a key take part, by its type, in the order that the RFC wants. */
const required: Record<string, readonly string[]> = {
  EC: ["crv", "kty", "x", "y"],
  RSA: ["e", "kty", "n"],
};

/**
 * RFC 7638: the SHA-256 of a public key (PEM) in its shortest JSON form, in base64url.
 * @throws Error when it is no EC or RSA key
 */
export function thumbprint(publicKeyPem: string): string {
  const jwk = createPublicKey(publicKeyPem).export({ format: "jwk" }) as Record<string, string>;
  const members = required[jwk.kty ?? ""];
  if (!members) throw new Error(`An ACME account's key is EC or RSA; this one is ${jwk.kty ?? "neither"}.`);
  const canonical = JSON.stringify(Object.fromEntries(members.map((member) => [member, jwk[member]])));
  return createHash("sha256").update(canonical).digest("base64url");
}
