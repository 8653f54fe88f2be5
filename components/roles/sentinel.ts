import type { Node } from "../node";
import { Role } from "../role";
import type { RedisMaster, RedisReplica } from "./redis";
import type { Secrets } from "./secrets";

export interface SentinelArgs {
  peers: Node[];
  firstMaster: Node;
  /** Every redis: a sentinel watches a master that is there. */
  redis: (RedisMaster | RedisReplica)[];
  /** One sentinel after the other, so that a change never takes their majority away. */
  after?: Sentinel;
  secrets: Secrets;
}

/** Watches redis and, with a majority of the others, moves the master. */
export class Sentinel extends Role {
  constructor(node: Node, args: SentinelArgs) {
    super("sentinel", node, {
      view: {
        privateIp: node.privateIp,
        firstMasterIp: args.firstMaster.privateIp,
        peerIps: args.peers.filter((peer) => peer !== node).map((peer) => peer.privateIp),
        quorum: Math.floor(args.peers.length / 2) + 1,
      },
      after: [...args.redis, ...(args.after ? [args.after] : [])],
      secrets: args.secrets.digest("/etc/trivet/tls/", "/etc/trivet/redis/"),
    });
  }
}
