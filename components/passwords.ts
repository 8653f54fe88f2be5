import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** PostgreSQL's roles, each with only the rights that its name says. */
export const postgresRoles = ["owner", "app", "monitor", "backup", "replication", "admin"] as const;
/** redis' users. */
export const redisUsers = ["app", "replica", "sentinel", "monitor"] as const;
/** Users of the sentinels themselves: other sentinels and this stack, and the application. */
export const sentinelUsers = ["peer", "client"] as const;

type Of<Names extends readonly string[]> = Record<Names[number], pulumi.Output<string>>;

/** Every password of the stack, made once and kept in its state. Letters and digits only: they stand in URLs and files. */
export class Passwords extends pulumi.ComponentResource {
  readonly postgres: Of<typeof postgresRoles>;
  readonly redis: Of<typeof redisUsers>;
  readonly sentinel: Of<typeof sentinelUsers>;
  /** Keys the digests by which a role notices that a secret changed, so that they tell nothing about it. */
  readonly digestKey: pulumi.Output<string>;

  constructor(name: string) {
    super("trivet:secrets:Passwords", name, {});
    this.postgres = this.each("postgres", postgresRoles);
    this.redis = this.each("redis", redisUsers);
    this.sentinel = this.each("sentinel", sentinelUsers);
    this.digestKey = this.make("digest-key");
    this.registerOutputs();
  }

  private each<Names extends readonly string[]>(service: string, names: Names): Of<Names> {
    return Object.fromEntries(names.map((name) => [name, this.make(`${service}-${name}`)])) as Of<Names>;
  }

  private make(name: string): pulumi.Output<string> {
    return new random.RandomPassword(name, { length: 40, special: false }, { parent: this }).result;
  }
}
