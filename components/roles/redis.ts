import type * as pulumi from "@pulumi/pulumi";
import type { Node } from "../node";
import { Role } from "../role";
import type { Secrets } from "./secrets";

export interface RedisArgs {
  /** Every data node: any of them may be the master. */
  peers: Node[];
  /** Who is master when no sentinel knows of one yet. */
  firstMaster: Node;
  secrets: Secrets;
}

/** redis on one data node. Who is master is what the sentinels say; the first time, the nominated node. */
abstract class RedisRole extends Role {
  constructor(node: Node, args: RedisArgs, after: pulumi.Resource[]) {
    super("redis", node, {
      view: {
        privateIp: node.privateIp,
        firstMasterIp: args.firstMaster.privateIp,
        sentinelIps: args.peers.map((peer) => peer.privateIp),
        maxMemoryMib: Math.round(node.spec.memoryMiB / 8),
        // With every replica gone, a master that may be alone in its half of a split network takes no writes.
        minReplicas: args.peers.length > 1 ? 1 : 0,
      },
      after: [args.secrets, ...after],
      secrets: args.secrets.digest("/etc/trivet/tls/", "/etc/trivet/redis/"),
    });
  }
}

/** The first one: the master, as long as no sentinel says otherwise. */
export class RedisMaster extends RedisRole {
  constructor(node: Node, args: RedisArgs) {
    super(node, args, []);
  }
}

export interface RedisReplicaArgs extends RedisArgs {
  /** There must be a master to replicate. */
  master: RedisMaster;
  after?: RedisReplica;
}

/** Every other one, a change going from node to node. */
export class RedisReplica extends RedisRole {
  constructor(node: Node, args: RedisReplicaArgs) {
    super(node, args, [args.master, ...(args.after ? [args.after] : [])]);
  }
}
