import type { Unwrap } from "@pulumi/pulumi";
import type { DnsRecordArgs, DnsRecordState } from "@pulumi/digitalocean";
import type { Resource } from "../frame/resource";
import { ifMissing, type Api } from "./api";

type Inputs = Unwrap<DnsRecordArgs>;
type State = Unwrap<DnsRecordState>;

interface ApiRecord {
  id: number;
  type: string;
  name: string;
  data: string;
  priority: number | null;
  port: number | null;
  ttl: number;
  weight: number | null;
  flags: number | null;
  tag: string | null;
}

interface Answer {
  domain_record: ApiRecord;
}

const types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA"];
/** What must be given, by type. */
const needed: Record<string, (keyof Inputs)[]> = {
  MX: ["priority"],
  SRV: ["priority", "weight", "port"],
  CAA: ["flags", "tag"],
};

export const dnsRecord: Resource<Inputs, State, Api> = {
  type: "digitalocean:index/dnsRecord:DnsRecord",
  inputs: {
    domain: { required: true, replace: true },
    flags: {},
    name: { autoName: true },
    port: {},
    priority: {},
    tag: {},
    ttl: { computed: true },
    type: { required: true, replace: true },
    value: { required: true },
    weight: {},
  },
  outputs: ["fqdn"],

  check(inputs) {
    const { type } = inputs;
    if (type === undefined) return [];
    if (!types.includes(type)) return [`type must be one of ${types.join(", ")}, got: ${type}`];
    return (needed[type] ?? [])
      .filter((name) => inputs[name] === undefined)
      .map((name) => `\`${name}\` is required for when type is \`${type}\``);
  },

  async create(inputs, { client }) {
    const path = `/v2/domains/${inputs.domain}/records`;
    const { id } = (await client.post<Answer>(path, { type: inputs.type, ...request(inputs) })).domain_record;
    return { id: String(id), state: stateOf(inputs.domain, (await client.get<Answer>(`${path}/${id}`)).domain_record) };
  },

  async read(id, { domain }, { client }) {
    if (domain === undefined) throw new Error("importing a DNS record needs the official digitalocean plugin");
    const found = await client.find<Answer>(`/v2/domains/${domain}/records/${id}`);
    return found && stateOf(domain, found.domain_record);
  },

  async update(id, _state, inputs, { client }) {
    const path = `/v2/domains/${inputs.domain}/records/${id}`;
    await client.put(path, request(inputs));
    return stateOf(inputs.domain, (await client.get<Answer>(path)).domain_record);
  },

  async delete(id, { domain }, { client }) {
    await ifMissing(client.delete(`/v2/domains/${domain}/records/${id}`), undefined);
  },
};

function request(inputs: Inputs) {
  return {
    name: inputs.name,
    data: inputs.value,
    priority: inputs.priority ?? 0,
    port: inputs.port || undefined,
    ttl: inputs.ttl || undefined,
    weight: inputs.weight ?? 0,
    flags: inputs.flags ?? 0,
    tag: inputs.tag || undefined,
  };
}

function stateOf(domain: string, found: ApiRecord): State {
  const { type, name, tag } = found;
  const isName = ["CNAME", "MX", "NS", "SRV", "CAA"].includes(type) && found.data !== "@" && tag !== "iodef";
  return {
    domain,
    flags: found.flags ?? 0,
    fqdn: fqdn(name, domain),
    name,
    port: found.port ?? 0,
    priority: found.priority ?? 0,
    tag: tag ?? "",
    ttl: found.ttl,
    type,
    // The API tells names without the dot at their end, and the program writes them with it.
    value: isName ? `${found.data}.` : found.data,
    weight: found.weight ?? 0,
  };
}

function fqdn(name: string, domain: string): string {
  if (name === "@") return domain;
  return name.toLowerCase().endsWith(`${domain}.`) ? name.toLowerCase().slice(0, -1) : `${name}.${domain}`;
}
