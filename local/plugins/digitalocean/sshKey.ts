import type { Unwrap } from "@pulumi/pulumi";
import type { SshKeyArgs, SshKeyState } from "@pulumi/digitalocean";
import type { Resource } from "../frame/resource";
import { ifMissing, type Api } from "./api";

type State = Unwrap<SshKeyState>;

interface ApiKey {
  id: number;
  name: string;
  fingerprint: string;
  public_key: string;
}

export const sshKey: Resource<Unwrap<SshKeyArgs>, State, Api> = {
  type: "digitalocean:index/sshKey:SshKey",
  inputs: {
    name: { autoName: true },
    publicKey: { required: true, replace: true, toState: (key) => (key as string).trim() },
  },
  outputs: ["fingerprint"],

  async create({ name, publicKey }, { client }) {
    const created = await client.post<{ ssh_key: ApiKey }>("/v2/account/keys", { name, public_key: publicKey });
    const { id } = created.ssh_key;
    return {
      id: String(id),
      state: stateOf((await client.get<{ ssh_key: ApiKey }>(`/v2/account/keys/${id}`)).ssh_key),
    };
  },

  async read(id, _state, { client }) {
    const found = await client.find<{ ssh_key: ApiKey }>(`/v2/account/keys/${id}`);
    return found && stateOf(found.ssh_key);
  },

  async update(id, _state, { name }, { client }) {
    await client.put(`/v2/account/keys/${id}`, { name });
    return stateOf((await client.get<{ ssh_key: ApiKey }>(`/v2/account/keys/${id}`)).ssh_key);
  },

  async delete(id, _state, { client }) {
    await ifMissing(client.delete(`/v2/account/keys/${id}`), undefined);
  },
};

function stateOf(found: ApiKey): State {
  return { fingerprint: found.fingerprint, name: found.name, publicKey: found.public_key.trim() };
}
