import { z } from "zod";
import { regions } from "../catalogue";
import { hostName, port, tagName } from "../validation";

const notOffered = (what: string) => `${what} is not offered by the local cloud`;

const protocols = ["tcp", "http", "https", "http2"];

const forwardingRule = z
  .object({
    entry_protocol: z.enum(protocols, `must be one of ${protocols.join(", ")} in the local cloud`),
    entry_port: port,
    target_protocol: z.enum(protocols, `must be one of ${protocols.join(", ")} in the local cloud`),
    target_port: port,
    certificate_id: z.literal("", notOffered("TLS that ends at the balancer")).default(""),
    tls_passthrough: z.boolean().default(false),
  })
  .superRefine((rule, context) => {
    const encrypted = rule.entry_protocol === "https" || rule.entry_protocol === "http2";
    if (encrypted && !rule.tls_passthrough) {
      context.addIssue(
        `${rule.entry_protocol} needs tls_passthrough or a certificate_id, and the local cloud has the former only`,
      );
    }
    if (rule.tls_passthrough && (!encrypted || rule.target_protocol !== rule.entry_protocol)) {
      context.addIssue("tls_passthrough is for https to https or http2 to http2");
    }
  });

const seconds = z.int().min(3).max(300);
const threshold = z.int().min(2).max(10);

const healthCheck = z
  .object({
    protocol: z.enum(["http", "https", "tcp"], "must be http, https or tcp").default("http"),
    port: port.default(80),
    path: z.string().startsWith("/", "must begin with /").optional(),
    check_interval_seconds: seconds.default(10),
    response_timeout_seconds: seconds.default(5),
    unhealthy_threshold: threshold.default(5),
    healthy_threshold: threshold.default(3),
  })
  .transform((check, context) => {
    const { protocol, path, ...rest } = check;
    if (protocol !== "tcp") return { ...rest, protocol, path: path ?? "/" };
    if (path !== undefined)
      context.addIssue({ code: "custom", path: ["path"], message: "path is not allowed for tcp" });
    return { ...rest, protocol };
  });

/** A load balancer in full: the body of POST and of PUT, where what is left out takes its default again. */
export const balancerBody = z
  .object({
    name: hostName,
    region: z.enum(
      regions.map(({ slug }) => slug),
      `must be one of ${regions.map(({ slug }) => slug).join(", ")}`,
    ),
    size: z.literal("lb-small", notOffered("a size other than lb-small")).optional(),
    size_unit: z.int().min(1).max(200).default(1),
    algorithm: z.enum(["round_robin", "least_connections"]).default("round_robin"),
    type: z.literal("REGIONAL", notOffered("a type other than REGIONAL")).optional(),
    network: z.literal("EXTERNAL", notOffered("a balancer without a public address")).optional(),
    network_stack: z.literal("IPV4", notOffered("IPv6")).optional(),
    forwarding_rules: z.array(forwardingRule).min(1, "at least one rule is required"),
    health_check: healthCheck.prefault({}),
    sticky_sessions: z.object({ type: z.enum(["none", ""], notOffered("a sticky session")).optional() }).optional(),
    redirect_http_to_https: z.literal(false, notOffered("a redirect")).optional(),
    enable_proxy_protocol: z.boolean().default(false),
    enable_backend_keepalive: z.boolean().default(false),
    http_idle_timeout_seconds: z.int().min(30).max(600).default(60),
    disable_lets_encrypt_dns_records: z.boolean().default(false),
    firewall: z
      .object({
        allow: z.array(z.string()).max(0, notOffered("a balancer's own firewall")).optional(),
        deny: z.array(z.string()).max(0, notOffered("a balancer's own firewall")).optional(),
      })
      .optional(),
    vpc_uuid: z.string().optional(),
    project_id: z.string().optional(),
    tag: z.union([tagName, z.literal("")]).default(""),
    droplet_ids: z.array(z.int()).default([]),
  })
  .superRefine(({ tag, droplet_ids: ids, forwarding_rules: rules }, context) => {
    if (tag && ids.length > 0) {
      context.addIssue({ code: "custom", path: ["droplet_ids"], message: "give either droplet_ids or tag, not both" });
    }
    const ports = rules.map((rule) => rule.entry_port);
    const twice = ports.find((entry, index) => ports.indexOf(entry) !== index);
    if (twice !== undefined) {
      context.addIssue({ code: "custom", path: ["forwarding_rules"], message: `entry_port ${twice} is used twice` });
    }
  });

export type BalancerBody = z.infer<typeof balancerBody>;
