import type { Unwrap } from "@pulumi/pulumi";
import type { FirewallArgs, FirewallState } from "@pulumi/digitalocean";
import type { Resource } from "../frame/resource";
import type { Api } from "./api";
import * as rules from "./firewallRules";

type Inputs = Unwrap<FirewallArgs>;
type State = Unwrap<FirewallState>;

interface ApiFirewall {
  id: string;
  name: string;
  status: string;
  created_at: string;
  pending_changes: { droplet_id: number; removing: boolean; status: string }[] | null;
  inbound_rules: rules.ApiInbound[] | null;
  outbound_rules: rules.ApiOutbound[] | null;
  droplet_ids: number[] | null;
  tags: string[] | null;
}

interface Answer {
  firewall: ApiFirewall;
}

export const firewall: Resource<Inputs, State, Api> = {
  type: "digitalocean:index/firewall:Firewall",
  inputs: {
    dropletIds: { set: true },
    inboundRules: { set: true },
    name: { autoName: true },
    outboundRules: { set: true },
    tags: { set: true },
  },
  outputs: ["createdAt", "pendingChanges", "status"],
  volatile: ["pendingChanges", "status"],

  check({ inboundRules, outboundRules }) {
    const all = [...(inboundRules ?? []), ...(outboundRules ?? [])];
    return all.flatMap(rules.checkRule);
  },

  async create(inputs, { client }) {
    if (!inputs.inboundRules?.length && !inputs.outboundRules?.length) throw new Error("a firewall needs a rule");
    const created = await client.post<Answer>("/v2/firewalls", request(inputs));
    const { id } = created.firewall;
    return { id, state: stateOf((await client.get<Answer>(`/v2/firewalls/${id}`)).firewall) };
  },

  async read(id, _state, { client }) {
    const found = await client.find<Answer>(`/v2/firewalls/${id}`);
    return found && stateOf(found.firewall);
  },

  async update(id, _state, inputs, { client }) {
    await client.put(`/v2/firewalls/${id}`, request(inputs));
    return stateOf((await client.get<Answer>(`/v2/firewalls/${id}`)).firewall);
  },

  // A missing one is an error, as it is for the official plugin.
  delete: (id, _state, { client }) => client.delete(`/v2/firewalls/${id}`),
};

function request(inputs: Inputs) {
  return {
    name: inputs.name,
    inbound_rules: (inputs.inboundRules ?? []).map(rules.toApiInbound),
    outbound_rules: (inputs.outboundRules ?? []).map(rules.toApiOutbound),
    droplet_ids: inputs.dropletIds ?? [],
    tags: inputs.tags ?? [],
  };
}

function stateOf(found: ApiFirewall): State {
  return {
    createdAt: found.created_at,
    dropletIds: found.droplet_ids ?? [],
    inboundRules: (found.inbound_rules ?? []).map(rules.fromApiInbound),
    name: found.name,
    outboundRules: (found.outbound_rules ?? []).map(rules.fromApiOutbound),
    pendingChanges: (found.pending_changes ?? []).map(({ droplet_id: dropletId, removing, status }) => ({
      dropletId,
      removing,
      status,
    })),
    status: found.status,
    tags: found.tags ?? [],
  };
}
