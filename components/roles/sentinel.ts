import type { Node } from "../node";
import { Role } from "../role";
import { majorityOf, timing, type RedisMaster, type RedisReplica } from "./redis";
import type { Secrets } from "./secrets";

export interface SentinelArgs {
  peers: Node[];
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
        quorum: majorityOf(args.peers.length),
        downAfterMs: timing.downAfterMs,
        failoverTimeoutMs: timing.failoverTimeoutMs,
        tidySecond: Math.floor((args.peers.indexOf(node) * 60) / args.peers.length),
      },
      after: [...args.redis, ...(args.after ? [args.after] : [])],
      secrets: args.secrets.digest("/etc/trivet/tls/ca.crt", "/etc/trivet/tls/node.", "/etc/trivet/redis/"),
    });
  }
}
