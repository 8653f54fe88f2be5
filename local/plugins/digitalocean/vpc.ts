import type { Unwrap } from "@pulumi/pulumi";
import type { VpcArgs, VpcState } from "@pulumi/digitalocean";
import type { Resource } from "../frame/resource";
import { ApiError, type Api } from "./api";
import { timeouts } from "./meta";
import { until } from "./wait";

type State = Unwrap<VpcState>;

interface ApiVpc {
  id: string;
  urn: string;
  name: string;
  description: string;
  region: string;
  ip_range: string;
  default: boolean;
  created_at: string;
}

const deleteSeconds = 120;
// Two made at once in a region could be given the same range.
let lastCreation: Promise<unknown> = Promise.resolve();

export const vpc: Resource<Unwrap<VpcArgs>, State, Api> = {
  type: "digitalocean:index/vpc:Vpc",
  inputs: {
    description: {},
    ipRange: { computed: true, replace: true },
    name: { autoName: true },
    region: { required: true, replace: true },
  },
  outputs: ["createdAt", "default", "vpcUrn"],
  meta: timeouts({ delete: deleteSeconds }),

  async create({ name, region, description, ipRange }, { client }) {
    const body = { name, region, description: description || undefined, ip_range: ipRange };
    const creation = lastCreation.then(() => client.post<{ vpc: ApiVpc }>("/v2/vpcs", body));
    lastCreation = creation.catch(() => undefined);
    const { id } = (await creation).vpc;
    return { id, state: stateOf((await client.get<{ vpc: ApiVpc }>(`/v2/vpcs/${id}`)).vpc) };
  },

  async read(id, _state, { client }) {
    const found = await client.find<{ vpc: ApiVpc }>(`/v2/vpcs/${id}`);
    return found && stateOf(found.vpc);
  },

  async update(id, state, { name, description = "" }, { client }) {
    await client.put(`/v2/vpcs/${id}`, { name, description, default: state.default ?? false });
    return stateOf((await client.get<{ vpc: ApiVpc }>(`/v2/vpcs/${id}`)).vpc);
  },

  // Its members leave in their own time.
  async delete(id, _state, { client, signal }) {
    await until(`VPC ${id} to be empty`, deleteSeconds, signal, async () => {
      try {
        await client.delete(`/v2/vpcs/${id}`);
        return true;
      } catch (fault) {
        if (fault instanceof ApiError && [403, 409].includes(fault.status)) return undefined;
        throw fault;
      }
    });
  },
};

function stateOf(found: ApiVpc): State {
  return {
    createdAt: goTime(found.created_at),
    default: found.default,
    description: found.description,
    ipRange: found.ip_range,
    name: found.name,
    region: found.region,
    vpcUrn: found.urn,
  };
}

/** A point in time as Go's `Time.String()` writes it, which is what the official plugin keeps. */
function goTime(time: string): string {
  const [date, clock = ""] = new Date(time).toISOString().replace("Z", "").split("T");
  return `${date} ${clock.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "")} +0000 UTC`;
}
