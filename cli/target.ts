import type { SshTarget } from "./ssh";
import type { StackNode, StackOutputs } from "./stack";

/** Where and as whom a node of the stack is reached. */
export function sshTarget(outputs: StackOutputs, node: StackNode): SshTarget {
  return {
    name: node.name,
    host: node.publicIp,
    user: outputs.sshUser,
    privateKey: outputs.deployPrivateKey,
    knownHosts: outputs.knownHosts,
  };
}
