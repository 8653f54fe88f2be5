import { isDeepStrictEqual } from "node:util";
import type { Call } from "../frame/resource";
import { completed, type Action } from "./action";
import type { Api } from "./api";
import { reaches, type ApiDroplet, type Inputs, type State } from "./dropletApi";

const updateSeconds = 3600;

/** What of a droplet can be changed while it lives, in the official plugin's order. */
export async function change(id: string, state: State, inputs: Inputs, call: Call<Api>): Promise<void> {
  const size = inputs.size.toLowerCase();
  if (size !== state.size) await resize(id, size, inputs.resizeDisk ?? true, call);
  if (inputs.name !== state.name) {
    await act(id, { type: "rename", name: inputs.name }, call);
    await becomes(id, `named ${inputs.name}`, call, ({ name }) => name === inputs.name);
  }
  await changeBackups(id, state, inputs, call);
  if (inputs.ipv6 && !state.ipv6) {
    await act(id, { type: "enable_ipv6" }, call);
    await becomes(id, "on IPv6", call, ({ features }) => features?.includes("ipv6") ?? false);
  }
  await changeTags(id, state.tags ?? [], inputs.tags ?? [], call.client);
  if (inputs.volumeIds && !isDeepStrictEqual(new Set(inputs.volumeIds), new Set(state.volumeIds))) {
    throw new Error("the stand-in does not attach volumes: install the official digitalocean plugin");
  }
}

async function resize(id: string, size: string, disk: boolean, call: Call<Api>): Promise<void> {
  call.status("switching off");
  await act(id, { type: "power_off" }, call);
  await becomes(id, "off", call, ({ status }) => status === "off");
  call.status(`resizing to ${size}`);
  try {
    await finish(await act(id, { type: "resize", size, disk }, call), call);
  } finally {
    // Whatever became of the resize, the droplet was on before.
    await act(id, { type: "power_on" }, call);
    await becomes(id, "active", call, ({ status }) => status === "active");
  }
}

async function changeBackups(id: string, state: State, inputs: Inputs, call: Call<Api>): Promise<void> {
  const { backups, backupPolicy } = inputs;
  if ((backups ?? false) !== (state.backups ?? false)) {
    const wanted = backups
      ? { type: "enable_backups", ...(backupPolicy && { backup_policy: backupPolicy }) }
      : { type: "disable_backups" };
    await finish(await act(id, wanted, call), call);
  } else if (backupPolicy && !isDeepStrictEqual(backupPolicy, state.backupPolicy)) {
    await finish(await act(id, { type: "change_backup_policy", backup_policy: backupPolicy }, call), call);
  }
}

/** DigitalOcean tells tags apart without regard to case. */
async function changeTags(id: string, before: string[], after: string[], api: Api): Promise<void> {
  const resources = [{ resource_id: id, resource_type: "droplet" }];
  const within = (tags: string[], tag: string) => tags.some((one) => one.toLowerCase() === tag.toLowerCase());
  for (const tag of before.filter((one) => !within(after, one))) {
    await api.delete(`/v2/tags/${tag}/resources`, { resources });
  }
  for (const tag of after.filter((one) => !within(before, one))) {
    await api.post("/v2/tags", { name: tag });
    await api.post(`/v2/tags/${tag}/resources`, { resources });
  }
}

async function act(id: string, body: object, { client }: Call<Api>): Promise<Action> {
  return (await client.post<{ action: Action }>(`/v2/droplets/${id}/actions`, body)).action;
}

function finish(action: Action, { client, signal }: Call<Api>): Promise<void> {
  return completed(client, `/v2/actions/${action.id}`, signal);
}

async function becomes(
  id: string,
  what: string,
  call: Call<Api>,
  wanted: (droplet: ApiDroplet) => boolean,
): Promise<void> {
  await reaches(call.client, id, what, updateSeconds, call.signal, wanted);
}
