import * as command from "@pulumi/command";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { NodeSpec } from "../stacks";
import type { Firewall } from "./firewall";
import type { DeployKey } from "./keys";
import type { Network } from "./network";

export interface NodeArgs {
  /** The droplet's name is <prefix>-<node>. */
  prefix: string;
  network: Network;
  /** Made before the droplet, so that it is never without. */
  firewall: Firewall;
  tag: pulumi.Input<string>;
  key: DeployKey;
  protect: boolean;
}

/** A droplet that answers SSH with a host key that we know, after cloud-init is done. */
export class Node extends pulumi.ComponentResource {
  readonly name: string;
  readonly spec: NodeSpec;
  readonly droplet: digitalocean.Droplet;
  readonly dropletId: pulumi.Output<string>;
  readonly publicIp: pulumi.Output<string>;
  readonly privateIp: pulumi.Output<string>;
  readonly cloudUrn: pulumi.Output<string>;
  /** The public address's line for a known_hosts file. */
  readonly knownHost: pulumi.Output<string>;
  readonly connection: command.types.input.remote.ConnectionArgs;
  private last: pulumi.Resource;

  constructor(spec: NodeSpec, args: NodeArgs) {
    super("trivet:node:Node", spec.name, {});
    this.name = spec.name;
    this.spec = spec;
    const hostKey = new tls.PrivateKey(`${spec.name}-host`, { algorithm: "ED25519" }, { parent: this });
    const hostPublicKey = hostKey.publicKeyOpenssh.apply((line) => line.trim());
    this.droplet = this.createDroplet(args, hostKey.privateKeyOpenssh, hostPublicKey);
    this.dropletId = this.droplet.id;
    this.publicIp = this.droplet.ipv4Address;
    this.privateIp = this.droplet.ipv4AddressPrivate;
    this.cloudUrn = this.droplet.dropletUrn;
    this.knownHost = pulumi.interpolate`${this.publicIp} ${hostPublicKey}`;
    this.connection = {
      host: this.publicIp,
      user: "root",
      privateKey: args.key.privateKey,
      hostKey: hostPublicKey,
      perDialTimeout: 10,
      // A droplet's SSH answers some 20 to 60 seconds after its creation; refused dials come back at once.
      dialErrorLimit: 60,
    };
    this.last = this.createReady();
    this.registerOutputs();
  }

  /** What the given role has to wait for on this node: the one before it. From now on it is the last. */
  follow(role: pulumi.Resource): pulumi.Resource[] {
    const before = this.last;
    this.last = role;
    return [before];
  }

  private createDroplet(
    args: NodeArgs,
    hostPrivateKey: pulumi.Output<string>,
    hostPublicKey: pulumi.Output<string>,
  ): digitalocean.Droplet {
    return new digitalocean.Droplet(
      this.name,
      {
        name: `${args.prefix}-${this.name}`,
        image: "debian-13-x64",
        region: args.network.region,
        size: this.spec.size,
        vpcUuid: args.network.vpcId,
        sshKeys: [args.key.fingerprint],
        tags: [args.tag],
        monitoring: true,
        userData: pulumi.secret(
          pulumi.all([hostPrivateKey, hostPublicKey]).apply(([key, pub]) => cloudConfig(key, pub)),
        ),
      },
      { parent: this, dependsOn: [args.firewall], protect: args.protect },
    );
  }

  private createReady(): command.remote.Command {
    return new command.remote.Command(
      `${this.name}-ready`,
      {
        connection: this.connection,
        // 2: done, with something recoverable in its log.
        create: "cloud-init status --wait >/dev/null || [ $? -eq 2 ]",
        // Not read; a replaced droplet is waited for again.
        stdin: pulumi.interpolate`${this.dropletId}\n`,
        addPreviousOutputInEnv: false,
        logging: command.types.enums.remote.Logging.None,
      },
      { parent: this, deletedWith: this.droplet, customTimeouts: { create: "10m", update: "10m" } },
    );
  }
}

/** Only what the first connection needs: our host key, so that it can be checked, and no passwords. */
function cloudConfig(privateKey: string, publicKey: string): string {
  const config = {
    ssh_deletekeys: true,
    ssh_genkeytypes: [],
    ssh_keys: { ed25519_private: privateKey, ed25519_public: publicKey },
    ssh_pwauth: false,
    disable_root: false,
  };
  // JSON is YAML.
  return `#cloud-config\n${JSON.stringify(config, null, 2)}\n`;
}
