import type { Unwrap } from "@pulumi/pulumi";
import type { DomainArgs, DomainState } from "@pulumi/digitalocean";
import type { Resource } from "../frame/resource";
import { ifMissing, type Api } from "./api";

type State = Unwrap<DomainState>;

interface ApiDomain {
  name: string;
  ttl: number | null;
}

export const domain: Resource<Unwrap<DomainArgs>, State, Api> = {
  type: "digitalocean:index/domain:Domain",
  inputs: { ipAddress: { replace: true }, name: { required: true, replace: true } },
  outputs: ["domainUrn", "ttl"],

  async create({ name, ipAddress }, { client }) {
    await client.post("/v2/domains", { name, ip_address: ipAddress });
    const { domain: found } = await client.get<{ domain: ApiDomain }>(`/v2/domains/${name}`);
    return { id: name, state: { ...stateOf(found), ipAddress } };
  },

  async read(id, { ipAddress }, { client }) {
    const found = await client.find<{ domain: ApiDomain }>(`/v2/domains/${id}`);
    return found && { ...stateOf(found.domain), ipAddress };
  },

  async delete(id, _state, { client }) {
    await ifMissing(client.delete(`/v2/domains/${id}`), undefined);
  },
};

function stateOf({ name, ttl }: ApiDomain): State {
  return { domainUrn: `do:domain:${name}`, name, ttl: ttl ?? undefined };
}
