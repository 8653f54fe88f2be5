import * as ipaddr from "ipaddr.js";
import { z } from "zod";
import { sizes, smallestMemoryMiB } from "./catalogue";

/** A stack's scalars, as Pulumi.<stack>.yaml gives them. Pulumi.yaml documents every key and holds the defaults. */
export type Settings = z.infer<typeof schema>;

const text = (wanted: string) => z.string({ error: wanted });
const wholeNumber = (from: number, to: number) => {
  const wanted = `a whole number from ${from} to ${to}`;
  return z.coerce
    .number({ error: wanted })
    .int({ error: wanted, abort: true })
    .min(from, { error: wanted })
    .max(to, { error: wanted });
};
const matching = (pattern: RegExp, wanted: string) => text(wanted).regex(pattern, { error: wanted, abort: true });

const hostName = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const publicKey = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-\S+@openssh\.com) [A-Za-z0-9+/=]+( .*)?$/;

/** Ranges that DigitalOcean keeps for itself, and link-local. */
const reserved = ["10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24", "10.229.0.0/16"];
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

const domain = matching(hostName, "a host name in lower case, such as app.your-company.com").refine(
  (name) => !/(^|\.)example\.(com|net|org)$/.test(name),
  { error: "a domain of your own, since nobody can own example.com and its like" },
);

const vpcCidr = text("a private range such as 10.20.0.0/24").superRefine((range, context) => {
  const fault = vpcFault(range);
  if (fault) context.addIssue({ code: "custom", message: fault });
});

/** Goes into a shell's quotes on the nodes. */
const acmeUrl = matching(/^(none|https:\/\/[^\s'"\\$`]+)$/, 'the https URL of an ACME directory, or "none"');

const mailAddress = matching(/^([^\s@'"\\$`,:;<>]+@[^\s@'"\\$`,:;<>]+\.[a-z]+)?$/, "a mail address, or nothing");

const cidr = text("a CIDR such as 198.51.100.0/24").refine((range) => ipaddr.isValidCIDR(range), {
  error: "a CIDR such as 198.51.100.0/24",
});

export const nodeSize = text("one of DigitalOcean's sizes").superRefine((slug, context) => {
  const size = Object.hasOwn(sizes, slug) ? sizes[slug] : undefined;
  if (!size) context.addIssue({ code: "custom", message: `one of ${bigEnough().join(", ")}` });
  else if (size.memoryMiB < smallestMemoryMiB)
    context.addIssue({
      code: "custom",
      message: `at least ${smallestMemoryMiB} MiB of memory: ${bigEnough().join(", ")}`,
    });
});

export const schema = z.strictObject({
  domain,
  sites: z.record(
    matching(
      /^(?!main$)[a-z][a-z0-9-]{0,30}$/,
      "a site's name: up to 31 lower-case letters, digits and hyphens, a letter first, and not main",
    ),
    domain,
    { error: "a map of sites' names to host names" },
  ),
  region: matching(/^[a-z]{3}[1-9]$/, "a region's slug such as fra1"),
  vpcCidr,
  nodeSize,
  workers: wholeNumber(1, 8),
  uploadLimitMiB: wholeNumber(1, 1024),
  acmeDirectory: acmeUrl,
  acmeStaging: acmeUrl,
  acmeEmail: mailAddress,
  requestsPerSecond: wholeNumber(1, 100_000),
  connectionsPerClient: wholeNumber(1, 65_535),
  lastNode: z.enum(["protect", "available"], { error: '"protect" or "available"' }),
  nodejsVersion: matching(/^[1-9]\d\.\d+\.\d+$/, "a version such as 24.21.0"),
  nodejsSha256: matching(/^[0-9a-f]{64}$/, "64 hexadecimal digits in lower case"),
  nodejsMirror: matching(/^https?:\/\/[^\s]+[^/\s]$/, "a URL without a slash at its end"),
  developerKeys: z.array(matching(publicKey, "a public key as in authorized_keys, such as ssh-ed25519 AAAA… name"), {
    error: "a list of public keys",
  }),
  sshFrom: z.array(cidr, { error: "a list of CIDRs" }).min(1, { error: "at least one CIDR, or nobody can log in" }),
  appEnv: z.record(
    matching(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name: letters, digits and underscores, no digit first"),
    // systemd drops a variable with a control character in it, without a word.
    matching(/^[\t\P{Cc}]*$/u, "a text on one line, without control characters"),
    { error: "a map of names to texts" },
  ),
});

/** The keys that appEnv may not set, because the stack does. */
export const reservedVariables =
  /^(PORT|HOST|NODE_NAME|NODE_VERSION|WORKER|RELEASE|NODE_VERSION|DATABASE_URL|DATABASE_MIGRATION_URL|REDIS_\w+)$/;

function bigEnough(): string[] {
  return Object.keys(sizes).filter((slug) => sizes[slug]!.memoryMiB >= smallestMemoryMiB);
}

function vpcFault(range: string): string | undefined {
  if (!ipaddr.IPv4.isValidCIDR(range)) return "a private range such as 10.20.0.0/24";
  const [address, prefix] = ipaddr.IPv4.parseCIDR(range);
  if (ipaddr.IPv4.networkAddressFromCIDR(range).toString() !== address.toString())
    return `a range that begins at its first address: ${ipaddr.IPv4.networkAddressFromCIDR(range).toString()}/${prefix}`;
  if (prefix > 28) return "a range of at least 16 addresses (/28 or larger)";
  if (prefix < 16) return "a range of at most 65536 addresses (/16 or smaller)";
  if (!privateRanges.some((outer) => address.match(ipaddr.IPv4.parseCIDR(outer))))
    return `a range within ${privateRanges.join(", ")}`;
  const taken = reserved.find((other) => overlap(range, other));
  if (taken) return `a range that does not overlap ${taken}, which DigitalOcean keeps for itself`;
  return undefined;
}

/** Whether this is an IPv4 CIDR at all. */
export function isRange(value: unknown): value is string {
  return typeof value === "string" && ipaddr.IPv4.isValidCIDR(value);
}

/** Whether two IPv4 CIDRs share an address. */
export function overlap(one: string, other: string): boolean {
  const [a, aPrefix] = ipaddr.IPv4.parseCIDR(one);
  const [b, bPrefix] = ipaddr.IPv4.parseCIDR(other);
  return a.match(b, Math.min(aPrefix, bPrefix));
}
