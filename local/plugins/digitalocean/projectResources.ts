import type { Unwrap } from "@pulumi/pulumi";
import type { ProjectResourcesArgs, ProjectResourcesState } from "@pulumi/digitalocean";
import type { Resource } from "../frame/resource";
import type { Api } from "./api";
import { reassign, release, urnsOf } from "./projectApi";

type State = Unwrap<ProjectResourcesState>;

export const projectResources: Resource<Unwrap<ProjectResourcesArgs>, State, Api> = {
  type: "digitalocean:index/projectResources:ProjectResources",
  inputs: {
    project: { required: true, replace: true },
    resources: { required: true, set: true },
  },
  outputs: [],

  async create({ project, resources }, { client }) {
    await client.get(`/v2/projects/${project}`);
    await reassign(client, project, [], resources);
    return { id: project, state: await read(client, project, resources) };
  },

  async read(id, { resources = [] }, { client }) {
    return (await client.find(`/v2/projects/${id}`)) ? read(client, id, resources) : undefined;
  },

  async update(id, state, { resources }, { client }) {
    await reassign(client, id, state.resources ?? [], resources);
    return read(client, id, resources);
  },

  async delete(id, { resources = [] }, { client }) {
    if (await client.find(`/v2/projects/${id}`)) await release(client, resources);
  },
};

/** A project may hold more than this resource put there. */
async function read(api: Api, project: string, resources: string[]): Promise<State> {
  const held = await urnsOf(api, project);
  return { project, resources: resources.filter((urn) => held.includes(urn)) };
}
