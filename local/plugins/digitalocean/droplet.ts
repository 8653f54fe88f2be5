import { createHash } from "node:crypto";
import type { Value } from "../frame/values";
import { HalfMade, type Resource } from "../frame/resource";
import { ifMissing, type Api } from "./api";
import * as cloud from "./dropletApi";
import { change } from "./dropletChanges";
import { timeouts } from "./meta";
import { until } from "./wait";

type Inputs = cloud.Inputs;
type State = cloud.State;

const createSeconds = 3600;
const deleteSeconds = 60;
const replace = true;
const lowerCase = (value: Value) => (value as string).toLowerCase();

export const droplet: Resource<Inputs, State, Api> = {
  type: "digitalocean:index/droplet:Droplet",
  inputs: {
    backupPolicy: {},
    backups: { default: false },
    dropletAgent: { replace },
    gpuPartitionMode: { replace },
    gracefulShutdown: { default: false },
    image: { required: true, replace },
    // It can be switched on, but never off again.
    ipv6: { default: false, replace: (before, after) => before === true && after !== true },
    ipv6Address: { computed: true },
    monitoring: { default: false, replace },
    name: { autoName: true },
    privateNetworking: { computed: true },
    publicNetworking: { computed: true, replace },
    region: { computed: true, replace, toState: lowerCase },
    resizeDisk: { default: true },
    size: { required: true, toState: lowerCase },
    sshKeys: { set: true, replace },
    tags: { set: true },
    userData: { replace, toState: (text) => sha1(text as string) },
    volumeIds: { computed: true, set: true },
    vpcUuid: { computed: true, replace },
  },
  outputs: [
    "createdAt",
    "disk",
    "dropletUrn",
    "ipv4Address",
    "ipv4AddressPrivate",
    "locked",
    "memory",
    "priceHourly",
    "priceMonthly",
    "status",
    "vcpus",
  ],
  meta: {
    ...timeouts({ create: createSeconds, update: createSeconds, delete: deleteSeconds }),
    schema_version: "1",
  },
  check: ({ backups, backupPolicy }) =>
    backupPolicy && backups === false ? ["backupPolicy can only be set when backups are enabled"] : [],

  async create(inputs, { client, signal, status }) {
    const created = await client.post<{ droplet: cloud.ApiDroplet }>("/v2/droplets", request(inputs));
    const id = String(created.droplet.id);
    const kept = { ...inputs, userData: inputs.userData && sha1(inputs.userData) };
    try {
      status("booting");
      const started = await cloud.starts(client, id, createSeconds, signal);
      return { id, state: { ...kept, ...cloud.observed(started) } };
    } catch (fault) {
      throw new HalfMade(id, { ...kept, ...cloud.observed(created.droplet) }, fault as Error);
    }
  },

  async read(id, state, { client }) {
    const found = await client.find<{ droplet: cloud.ApiDroplet }>(`/v2/droplets/${id}`);
    if (!found) return undefined;
    const imported = state.image === undefined;
    const { image } = found.droplet;
    const unseen = imported ? { image: image?.slug ?? String(image?.id), resizeDisk: true } : state;
    return { ...unseen, ...cloud.observed(found.droplet) };
  },

  async update(id, state, inputs, call) {
    await change(id, state, inputs, call);
    const kept = { ...state, ...inputs, userData: inputs.userData && sha1(inputs.userData) };
    return { ...kept, ...cloud.observed(await cloud.get(call.client, id)) };
  },

  async delete(id, state, { client, signal }) {
    const path = `/v2/droplets/${id}`;
    if (!(await client.find(path))) return;
    await cloud.reaches(client, id, "unlocked", deleteSeconds, signal, () => true);
    if (state.gracefulShutdown) {
      await client.post(`${path}/actions`, { type: "shutdown" });
      await cloud.reaches(client, id, "off", deleteSeconds, signal, ({ status }) => status === "off");
    }
    await ifMissing(client.delete(path), undefined);
    await until(`droplet ${id} to be gone`, deleteSeconds, signal, async () =>
      (await client.find(path)) ? undefined : true,
    );
  },
};

function request(inputs: Inputs) {
  const number = (text: string) => (/^\d+$/.test(text) ? Number(text) : text);
  return {
    name: inputs.name,
    region: inputs.region?.toLowerCase(),
    size: inputs.size.toLowerCase(),
    image: number(inputs.image),
    ssh_keys: (inputs.sshKeys ?? []).map(number),
    backups: inputs.backups ?? false,
    ipv6: inputs.ipv6 ?? false,
    private_networking: inputs.privateNetworking ?? false,
    monitoring: inputs.monitoring ?? false,
    tags: inputs.tags ?? [],
    user_data: inputs.userData || undefined,
    volumes: inputs.volumeIds?.map((id) => ({ id })),
    vpc_uuid: inputs.vpcUuid,
    with_droplet_agent: inputs.dropletAgent,
    public_networking: inputs.publicNetworking === false ? false : undefined,
    backup_policy: inputs.backupPolicy,
  };
}

function sha1(text: string): string {
  return text === "" ? "" : createHash("sha1").update(text).digest("hex");
}
