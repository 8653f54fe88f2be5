import type { Unwrap } from "@pulumi/pulumi";
import type { ReservedIpArgs, ReservedIpState } from "@pulumi/digitalocean";
import type { Resource } from "../frame/resource";
import { ifMissing, type Api } from "./api";
import { assign, find, unassign, type ApiReservedIp } from "./reservedIpApi";

type State = Unwrap<ReservedIpState>;

export const reservedIp: Resource<Unwrap<ReservedIpArgs>, State, Api> = {
  type: "digitalocean:index/reservedIp:ReservedIp",
  inputs: {
    // An assignment may be a resource of its own.
    dropletId: { computed: true },
    ipAddress: { computed: true },
    region: { required: true, replace: true, toState: (slug) => (slug as string).toLowerCase() },
  },
  outputs: ["reservedIpUrn"],

  async create({ region, dropletId }, call) {
    const body = { region: region.toLowerCase() };
    const { reserved_ip: made } = await call.client.post<{ reserved_ip: ApiReservedIp }>("/v2/reserved_ips", body);
    if (dropletId) await assign(made.ip, dropletId, call);
    return { id: made.ip, state: stateOf((await find(call.client, made.ip)) ?? made) };
  },

  async read(id, _state, { client }) {
    const found = await find(client, id);
    return found && stateOf(found);
  },

  async update(id, state, { dropletId }, call) {
    if (dropletId) await assign(id, dropletId, call);
    else await unassign(id, call);
    return { ...state, dropletId };
  },

  async delete(id, state, call) {
    if (state.dropletId) await unassign(id, call);
    await ifMissing(call.client.delete(`/v2/reserved_ips/${id}`), undefined);
  },
};

function stateOf({ ip, region, droplet }: ApiReservedIp): State {
  return { dropletId: droplet?.id, ipAddress: ip, region: region.slug, reservedIpUrn: `do:reservedip:${ip}` };
}
