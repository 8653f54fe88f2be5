import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** The key that the stack itself logs in with. Developers' keys are the role Base's, so that a change replaces no droplet. */
export class DeployKey extends pulumi.ComponentResource {
  readonly privateKey: pulumi.Output<string>;
  readonly fingerprint: pulumi.Output<string>;
  readonly publicKey: pulumi.Output<string>;

  constructor(name: string) {
    super("trivet:node:DeployKey", name, {});
    const key = new tls.PrivateKey(name, { algorithm: "ED25519" }, { parent: this });
    this.privateKey = key.privateKeyOpenssh;
    this.publicKey = key.publicKeyOpenssh.apply((line) => line.trim());
    const known = new digitalocean.SshKey(name, { name, publicKey: this.publicKey }, { parent: this });
    this.fingerprint = known.fingerprint;
    this.registerOutputs();
  }
}
