import type { Unwrap } from "@pulumi/pulumi";
import type { TagArgs, TagState } from "@pulumi/digitalocean";
import type { Resource } from "../frame/resource";
import { ifMissing, type Api } from "./api";

type State = Unwrap<TagState>;

interface ApiTag {
  name: string;
  resources: Record<"droplets" | "images" | "volumes" | "volume_snapshots" | "databases", { count: number }> & {
    count: number;
  };
}

export const tag: Resource<Unwrap<TagArgs>, State, Api> = {
  type: "digitalocean:index/tag:Tag",
  inputs: { name: { autoName: true, replace: true } },
  outputs: [
    "databasesCount",
    "dropletsCount",
    "imagesCount",
    "totalResourceCount",
    "volumeSnapshotsCount",
    "volumesCount",
  ],
  check: ({ name }) =>
    name !== undefined && !/^[a-zA-Z0-9:\-_]{1,255}$/.test(name)
      ? [`name must be 1 to 255 letters, digits, colons, dashes and underscores, got: ${name}`]
      : [],

  async create({ name }, { client }) {
    const created = await client.post<{ tag: ApiTag }>("/v2/tags", { name });
    return { id: created.tag.name, state: stateOf(created.tag) };
  },

  async read(id, _state, { client }) {
    const found = await client.find<{ tag: ApiTag }>(`/v2/tags/${id}`);
    return found && stateOf(found.tag);
  },

  async delete(id, _state, { client }) {
    await ifMissing(client.delete(`/v2/tags/${id}`), undefined);
  },
};

function stateOf({ name, resources }: ApiTag): State {
  return {
    databasesCount: resources.databases.count,
    dropletsCount: resources.droplets.count,
    imagesCount: resources.images.count,
    name,
    totalResourceCount: resources.count,
    volumeSnapshotsCount: resources.volume_snapshots.count,
    volumesCount: resources.volumes.count,
  };
}
