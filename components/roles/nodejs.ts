import type { Node } from "../node";
import { Role } from "../role";

export interface NodeJsArgs {
  /** For example 24.21.0. */
  version: string;
  /** SHA-256 of node-v<version>-linux-x64.tar.gz, in hexadecimal. */
  sha256: string;
  /** A URL with the layout of nodejs.org/dist. */
  mirror: string;
}

/** From npm's package @yarnpkg/cli-dist; the hash is the one that npm publishes as its integrity, in hexadecimal. */
const yarn = {
  version: "4.18.1",
  sha512:
    "107f80e13c40b41597284d03190c56f41a3d72b5c72c9ef799fc634d026ebfc5e89cd5964e97a2f014392637331c9354f4644e4f27303059fc88ebd12195d470",
};

/** Node.js as its project ships it, in /usr/local, and yarn: pinned, so that every node runs the same. */
export class NodeJs extends Role {
  constructor(node: Node, args: NodeJsArgs) {
    super("nodejs", node, {
      view: { ...args, yarnVersion: yarn.version, yarnSha512: yarn.sha512 },
    });
  }
}
