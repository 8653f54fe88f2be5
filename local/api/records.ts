import { randomUUID } from "node:crypto";
import { z } from "zod";

/** What the account owns, as the books keep it. Raise the version, and convert, when the form changes. */
export const schemaVersion = 1;

const vpc = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  region: z.string(),
  ipRange: z.string(),
  isDefault: z.boolean(),
  createdAt: z.string(),
  /** The address handed out last, so that the next one differs. */
  latestAddress: z.string().optional(),
});

const key = z.object({ id: z.int(), name: z.string(), publicKey: z.string(), fingerprint: z.string() });

const droplet = z.object({
  id: z.int(),
  name: z.string(),
  region: z.string(),
  size: z.string(),
  diskGiB: z.int(),
  image: z.string(),
  vpcId: z.string(),
  publicIp: z.string(),
  privateIp: z.string(),
  userData: z.string(),
  publicKeys: z.array(z.string()),
  tags: z.array(z.string()),
  backups: z.boolean(),
  monitoring: z.boolean(),
  createdAt: z.string(),
  phase: z.enum(["creating", "ready", "failed", "deleting"]),
});

const action = z.object({
  id: z.int(),
  type: z.string(),
  status: z.enum(["in-progress", "completed", "errored"]),
  startedAt: z.string(),
  completedAt: z.string().optional(),
  region: z.string(),
  dropletId: z.int(),
  reservedIp: z.string().optional(),
});

const rule = z.object({
  protocol: z.enum(["tcp", "udp", "icmp"]),
  /** "22", "8000-9000", or "0" for all, which is also icmp's. */
  ports: z.string(),
  peers: z.object({
    addresses: z.array(z.string()).optional(),
    tags: z.array(z.string()).optional(),
    droplet_ids: z.array(z.int()).optional(),
    load_balancer_uids: z.array(z.string()).optional(),
  }),
});

const firewall = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  inbound: z.array(rule),
  outbound: z.array(rule),
  dropletIds: z.array(z.int()),
  tags: z.array(z.string()),
});

const balancer = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  vpcId: z.string(),
  publicIp: z.string(),
  vpcIp: z.string(),
  createdAt: z.string(),
  sizeUnit: z.int(),
  algorithm: z.string(),
  rules: z.array(
    z.object({
      entry_protocol: z.string(),
      entry_port: z.int(),
      target_protocol: z.string(),
      target_port: z.int(),
      certificate_id: z.string(),
      tls_passthrough: z.boolean(),
    }),
  ),
  healthCheck: z.object({
    protocol: z.enum(["http", "https", "tcp"]),
    port: z.int(),
    path: z.string().optional(),
    check_interval_seconds: z.int(),
    response_timeout_seconds: z.int(),
    unhealthy_threshold: z.int(),
    healthy_threshold: z.int(),
  }),
  proxyProtocol: z.boolean(),
  backendKeepalive: z.boolean(),
  idleTimeoutSeconds: z.int(),
  disableLetsEncryptDnsRecords: z.boolean(),
  tag: z.string(),
  dropletIds: z.array(z.int()),
});

const project = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  purpose: z.string(),
  environment: z.string(),
  isDefault: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

const domainRecord = z.object({
  id: z.int(),
  type: z.string(),
  name: z.string(),
  data: z.string(),
  priority: z.int().nullable(),
  port: z.int().nullable(),
  ttl: z.int(),
  weight: z.int().nullable(),
  flags: z.int().nullable(),
  tag: z.string().nullable(),
});

const domain = z.object({ name: z.string(), ttl: z.int(), records: z.array(domainRecord) });

const reservedIp = z.object({ ip: z.string(), region: z.string(), dropletId: z.int().nullable() });

const spacesKey = z.object({
  name: z.string(),
  accessKey: z.string(),
  secretKey: z.string(),
  grants: z.array(z.object({ bucket: z.string(), permission: z.string() })),
  createdAt: z.string(),
});

export const recordsSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  accountId: z.string(),
  /** The last number given out, for what has numbers for ids. */
  lastId: z.object({ droplet: z.int(), key: z.int(), action: z.int(), domainRecord: z.int() }),
  latestPublicAddress: z.string().optional(),
  vpcs: z.array(vpc),
  keys: z.array(key),
  tags: z.array(z.string()),
  droplets: z.array(droplet),
  actions: z.array(action),
  firewalls: z.array(firewall),
  balancers: z.array(balancer),
  projects: z.array(project),
  /** Which project a resource (by its urn) was put into; all others are in the default project. */
  assignments: z.record(z.string(), z.object({ projectId: z.string(), assignedAt: z.string() })),
  domains: z.array(domain),
  reservedIps: z.array(reservedIp),
  spacesKeys: z.array(spacesKey),
});

export type Records = z.infer<typeof recordsSchema>;
export type Vpc = z.infer<typeof vpc>;
export type Key = z.infer<typeof key>;
export type Droplet = z.infer<typeof droplet>;
export type Action = z.infer<typeof action>;
export type Rule = z.infer<typeof rule>;
export type Firewall = z.infer<typeof firewall>;
export type Balancer = z.infer<typeof balancer>;
export type Project = z.infer<typeof project>;
export type Domain = z.infer<typeof domain>;
export type DomainRecord = z.infer<typeof domainRecord>;
export type ReservedIp = z.infer<typeof reservedIp>;
export type SpacesKey = z.infer<typeof spacesKey>;

/** DigitalOcean's times have whole seconds. */
export const now = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");

export function nextId(records: Records, kind: keyof Records["lastId"]): number {
  return ++records.lastId[kind];
}

/** A new account: nothing in it but its default project. */
export function emptyRecords(): Records {
  return {
    schemaVersion,
    accountId: randomUUID(),
    lastId: { droplet: 0, key: 0, action: 0, domainRecord: 0 },
    vpcs: [],
    keys: [],
    tags: [],
    droplets: [],
    actions: [],
    firewalls: [],
    balancers: [],
    projects: [
      {
        id: randomUUID(),
        name: "first-project",
        description: "Where everything is that was put nowhere else",
        purpose: "Just trying out DigitalOcean",
        environment: "Development",
        isDefault: true,
        createdAt: now(),
        updatedAt: now(),
      },
    ],
    assignments: {},
    domains: [],
    reservedIps: [],
    spacesKeys: [],
  };
}
