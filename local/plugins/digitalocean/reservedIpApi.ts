import type { Call } from "../frame/resource";
import { completed, type Action } from "./action";
import { ApiError, type Api } from "./api";
import { until } from "./wait";

export interface ApiReservedIp {
  ip: string;
  region: { slug: string };
  droplet: { id: number } | null;
}

export async function find(api: Api, ip: string): Promise<ApiReservedIp | undefined> {
  return (await api.find<{ reserved_ip: ApiReservedIp }>(`/v2/reserved_ips/${ip}`))?.reserved_ip;
}

/** Gives the address to a droplet, once nothing else is being done to that. */
export async function assign(ip: string, dropletId: number, { client, signal }: Call<Api>): Promise<void> {
  await until(`droplet ${dropletId} to have no pending action`, 600, signal, async () => {
    const { actions } = await client.get<{ actions: Action[] }>(`/v2/droplets/${dropletId}/actions?per_page=50`);
    return actions.every(({ status }) => ["completed", "errored"].includes(status)) ? true : undefined;
  });
  await act(ip, { type: "assign", droplet_id: dropletId }, client, signal);
}

/** An address that no droplet has is no fault. */
export async function unassign(ip: string, { client, signal }: Call<Api>): Promise<void> {
  try {
    await act(ip, { type: "unassign" }, client, signal);
  } catch (fault) {
    if (!(fault instanceof ApiError) || fault.status !== 422) throw fault;
  }
}

async function act(ip: string, body: object, client: Api, signal: AbortSignal): Promise<void> {
  const path = `/v2/reserved_ips/${ip}/actions`;
  const { action } = await client.post<{ action: Action }>(path, body);
  await completed(client, `${path}/${action.id}`, signal);
}
