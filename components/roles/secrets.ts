import type * as pulumi from "@pulumi/pulumi";
import type { Node } from "../node";
import { Role } from "../role";
import { digest, secretFiles, type SecretFiles, type SecretsOfStack } from "../secrets";

/** Puts the node's secrets into place: the only role whose script holds any. */
export class Secrets extends Role {
  private readonly files: SecretFiles;
  private readonly digestKey: pulumi.Output<string>;

  constructor(node: Node, stack: SecretsOfStack) {
    const files = secretFiles(node, stack);
    super("secrets", node, { files });
    this.files = files;
    this.digestKey = stack.passwords.digestKey;
  }

  /** What a role that uses these files (prefixes of their paths) passes on, so that it runs again when one changes. */
  digest(...prefixes: string[]): pulumi.Output<string> {
    const used = Object.entries(this.files).filter(([path]) => prefixes.some((prefix) => path.startsWith(prefix)));
    if (used.length === 0) throw new Error(`No secret file begins with ${prefixes.join(" or ")}.`);
    return digest(
      this.digestKey,
      used.map(([, file]) => file.content),
    );
  }
}
