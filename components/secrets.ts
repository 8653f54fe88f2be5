import { createHash, createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { StoreAccess } from "../agent/health/settings";
import type { AcmeAccount } from "./acme";
import type { Authority, Certificate } from "./certificates";
import type { Node } from "./node";
import type { Passwords } from "./passwords";

/** A file that only its service can read. */
export interface SecretFile {
  content: pulumi.Input<string>;
  mode: "0400" | "0440" | "0600" | "0640" | "0644";
  /** user:group */
  owner: string;
}

/** By path on the node. */
export type SecretFiles = Record<string, SecretFile>;

export const tlsDir = "/etc/trivet/tls";

export interface SecretsOfStack {
  authority: Authority;
  passwords: Passwords;
  /** The certificate for the host names where there is no public one. */
  site: Certificate;
  /** The account at the issuer of public certificates. */
  acme: AcmeAccount;
  /** What the application shows redis and sentinel. */
  app: Certificate;
  /** The application's whole environment. */
  appEnv: Record<string, pulumi.Input<string>>;
}

/** Every secret file of a node. What a data node alone needs is left out elsewhere. */
export function secretFiles(node: Node, stack: SecretsOfStack): SecretFiles {
  const { certificate, privateKey } = stack.authority.forNode(node);
  return {
    [`${tlsDir}/ca.crt`]: { content: stack.authority.certificate, mode: "0644", owner: "root:root" },
    [`${tlsDir}/node.crt`]: { content: certificate, mode: "0644", owner: "root:root" },
    // PostgreSQL and redis read it through the group, to which the application does not belong.
    [`${tlsDir}/node.key`]: { content: privateKey, mode: "0640", owner: "root:trivet-tls" },
    [`${tlsDir}/app.crt`]: { content: stack.app.certificate, mode: "0644", owner: "root:root" },
    [`${tlsDir}/app.key`]: { content: stack.app.privateKey, mode: "0640", owner: "root:app" },
    [`${tlsDir}/site.crt`]: { content: stack.site.certificate, mode: "0644", owner: "root:root" },
    [`${tlsDir}/site.key`]: { content: stack.site.privateKey, mode: "0600", owner: "root:root" },
    "/etc/trivet/acme/account.key": { content: stack.acme.privateKey, mode: "0600", owner: "root:root" },
    "/etc/trivet/pgbouncer/userlist.txt": {
      content: userlist(stack.passwords),
      mode: "0640",
      owner: "root:postgres",
    },
    "/etc/trivet/agent/health.json": {
      content: agentsAccess(stack.passwords),
      mode: "0400",
      owner: "postgres:postgres",
    },
    "/etc/trivet/app.env": { content: environmentFile(stack.appEnv), mode: "0640", owner: "root:app" },
    ...(node.spec.data ? { ...postgresFiles(stack.passwords), ...redisFiles(stack.passwords) } : {}),
  };
}

function postgresFiles({ postgres }: Passwords): SecretFiles {
  return {
    "/etc/trivet/postgres/pgpass": {
      content: pulumi.interpolate`*:*:*:replication:${postgres.replication}\n*:*:*:admin:${postgres.admin}\n`,
      mode: "0600",
      owner: "postgres:postgres",
    },
    "/etc/trivet/postgres/passwords.sql": {
      content: pulumi.output(postgres).apply(
        (passwords) =>
          // Not even a failure writes them to the log.
          "SET log_min_error_statement = panic;\nSET log_min_duration_statement = -1;\n" +
          Object.entries(passwords)
            .map(([role, password]) => `ALTER ROLE ${role} PASSWORD '${password}';\n`)
            .join(""),
      ),
      mode: "0400",
      owner: "postgres:postgres",
    },
  };
}

function redisFiles({ redis, sentinel }: Passwords): SecretFiles {
  const owner = "root:redis";
  return {
    "/etc/trivet/redis/users.acl": {
      content: aclFile(redis, {
        // No channels but its own: whoever may publish on sentinel's can forge who the master is.
        app: "~* resetchannels &app:* +@all -@admin -@dangerous +info",
        replica: "resetkeys resetchannels -@all +psync +replconf +ping",
        sentinel:
          "resetkeys resetchannels &__sentinel__:hello -@all +multi +slaveof +ping +exec +subscribe +config|rewrite " +
          "+role +publish +info +client|setname +client|kill +script|kill",
        monitor: "resetkeys resetchannels -@all +ping +info +role +dbsize +slowlog|len",
      }),
      mode: "0640",
      owner,
    },
    "/etc/trivet/redis/sentinel.acl": {
      content: aclFile(sentinel, {
        // What one sentinel asks another, and what this stack's scripts ask: no settings, no masters of its own.
        peer:
          "resetkeys resetchannels &__sentinel__:hello -@all +ping +client|setname +publish " +
          "+sentinel|is-master-down-by-addr +sentinel|get-master-addr-by-name +sentinel|master +sentinel|sentinels " +
          "+sentinel|replicas +sentinel|ckquorum +sentinel|failover",
        client:
          // It may listen to every event (a switched master), and publish none.
          "resetkeys &* -@all +auth +ping +client|setname +client|setinfo +hello +subscribe +unsubscribe +psubscribe +punsubscribe " +
          "+sentinel|get-master-addr-by-name +sentinel|sentinels +sentinel|replicas +sentinel|slaves +sentinel|master +sentinel|masters +sentinel|ckquorum",
      }),
      mode: "0640",
      owner,
    },
    // Appended to redis' and sentinel's own files, which they rewrite.
    "/etc/trivet/redis/redis-auth.conf": {
      content: pulumi.interpolate`masteruser replica\nmasterauth ${redis.replica}\n`,
      mode: "0640",
      owner,
    },
    "/etc/trivet/redis/sentinel-auth.conf": {
      content: pulumi.interpolate`sentinel auth-user main sentinel\nsentinel auth-pass main ${redis.sentinel}\nsentinel sentinel-user peer\nsentinel sentinel-pass ${sentinel.peer}\n`,
      mode: "0640",
      owner,
    },
    "/etc/trivet/redis/monitor.pass": { content: redis.monitor, mode: "0600", owner: "root:root" },
    "/etc/trivet/redis/sentinel-peer.pass": { content: sentinel.peer, mode: "0640", owner },
  };
}

/** redis' ACL file: passwords as hashes, the default user off. */
function aclFile<Name extends string>(
  passwords: Record<Name, pulumi.Output<string>>,
  rights: Record<Name, string>,
): pulumi.Output<string> {
  return pulumi.output(passwords as Record<string, pulumi.Output<string>>).apply((plain) =>
    [
      // Nobody can be it. But redis itself is, while it reads its log: without rights, it leaves out whole transactions.
      "user default off resetpass ~* &* +@all",
      ...Object.entries<string>(rights).map(([name, allowed]) => {
        const hash = createHash("sha256").update(plain[name]!).digest("hex");
        return `user ${name} on #${hash} ${allowed}`;
      }),
      "",
    ].join("\n"),
  );
}

/** pgbouncer needs the plain passwords to log in to the servers with SCRAM. */
function userlist({ postgres }: Passwords): pulumi.Output<string> {
  return pulumi.output({ app: postgres.app, owner: postgres.owner, monitor: postgres.monitor }).apply((plain) =>
    Object.entries(plain)
      .map(([role, password]) => `"${role}" "${password}"\n`)
      .join(""),
  );
}

/** With what an agent looks at the stores: agent/health/settings.ts reads it. */
function agentsAccess({ postgres, redis, sentinel }: Passwords): pulumi.Output<string> {
  return pulumi.all([postgres.monitor, redis.monitor, sentinel.client]).apply(([database, monitor, client]): string => {
    const access: StoreAccess = {
      database: { user: "monitor", password: database },
      redis: { username: "monitor", password: monitor, sentinelUsername: "client", sentinelPassword: client },
    };
    return JSON.stringify(access);
  });
}

/** systemd's EnvironmentFile: everything in double quotes, with what is special there escaped. */
function environmentFile(variables: Record<string, pulumi.Input<string>>): pulumi.Output<string> {
  return pulumi.output(variables).apply((plain) =>
    Object.entries(plain)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}="${value.replace(/["\\`$]/g, "\\$&")}"\n`)
      .join(""),
  );
}

/** Tells whether secrets changed, and nothing about them: keyed, so that not even a short one can be guessed from it. */
export function digest(key: pulumi.Input<string>, contents: pulumi.Input<string>[]): pulumi.Output<string> {
  const hashed = pulumi
    .all([key, pulumi.all(contents)])
    .apply(([secret, texts]) => createHmac("sha256", secret).update(JSON.stringify(texts)).digest("hex").slice(0, 16));
  return pulumi.unsecret(hashed);
}
