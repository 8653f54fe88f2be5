import * as pulumi from "@pulumi/pulumi";
import type { Node } from "./node";
import type { Passwords } from "./passwords";
import { tlsDir } from "./secrets";

/**
 * What the application finds in its environment on a node, beside PORT and WORKER, which its unit sets. The stack's own
 * variables (trivet:appEnv) come last; but for NODE_ENV they cannot be any of these.
 */
export function appEnvironment(
  dataNodes: Node[],
  passwords: Passwords,
  own: Record<string, string>,
): Record<string, pulumi.Input<string>> {
  const { postgres, redis, sentinel } = passwords;
  return {
    NODE_ENV: "production",
    DATABASE_URL: pulumi.interpolate`postgres://app:${postgres.app}@127.0.0.1:6432/app`,
    DATABASE_MIGRATION_URL: pulumi.interpolate`postgres://owner:${postgres.owner}@127.0.0.1:6432/app`,
    REDIS_SENTINELS: pulumi
      .all(dataNodes.map((node) => node.privateIp))
      .apply((ips) => ips.map((ip) => `${ip}:26379`).join(",")),
    REDIS_MASTER_NAME: "main",
    REDIS_USERNAME: "app",
    REDIS_PASSWORD: redis.app,
    REDIS_SENTINEL_USERNAME: "client",
    REDIS_SENTINEL_PASSWORD: sentinel.client,
    REDIS_CA_FILE: `${tlsDir}/ca.crt`,
    REDIS_CERT_FILE: `${tlsDir}/app.crt`,
    REDIS_KEY_FILE: `${tlsDir}/app.key`,
    ...own,
  };
}
