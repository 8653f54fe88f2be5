import type * as pulumi from "@pulumi/pulumi";
import type { Node } from "../node";
import { Role } from "../role";
import type { Secrets } from "./secrets";

/**
 * How long redis and sentinel wait. A master that is cut off must have stopped taking writes before its successor can
 * exist, without either knowing of the other:
 *
 * - A replica acknowledges once a second. Once a second, too, the master counts the replicas whose last acknowledgement
 *   is at most `maxLagSeconds` old, in whole seconds. The last one came at the latest when the net was cut; so the count
 *   falls at the latest maxLagSeconds + 1 (whole seconds) + 1 (the count's turn) + 0.1 (redis' own clock) seconds later.
 * - A sentinel calls the master down when a question has been open for `downAfterMs`. The question was asked at the
 *   earliest when the net was cut, so no failover begins before.
 *
 * 2 + 2.1 seconds < 4.5 seconds. A client waits for 4.5 seconds, up to 1.1 until the open question was asked, 0.6 for the
 * vote and the promotion, and up to 1.4 until the other replica follows the new master, which then takes writes: 7.6.
 */
export const timing = {
  /** Replicas that acknowledged longer ago do not count. A smaller one would refuse writes at a hiccup of one replica. */
  maxLagSeconds: 2,
  /** A master, replica or sentinel that does not answer for so long is down. */
  downAfterMs: 4500,
  /** After twice this, a failover that came to nothing is tried again: two sentinels may have voted for themselves. */
  failoverTimeoutMs: 5000,
} as const;

/** The smallest number that is more than half of the data nodes. */
export const majorityOf = (dataNodes: number): number => Math.floor(dataNodes / 2) + 1;

/** With so many replicas, a master is in the larger part of a split network, the only one that can elect another. */
export const minReplicasOf = (dataNodes: number): number => majorityOf(dataNodes) - 1;

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
        peerIps: args.peers.map((peer) => peer.privateIp),
        majority: majorityOf(args.peers.length),
        minReplicas: minReplicasOf(args.peers.length),
        maxLagSeconds: timing.maxLagSeconds,
        maxMemoryMib: Math.round(node.spec.memoryMiB / 8),
      },
      after: [args.secrets, ...after],
      secrets: args.secrets.digest("/etc/trivet/tls/ca.crt", "/etc/trivet/tls/node.", "/etc/trivet/redis/"),
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
