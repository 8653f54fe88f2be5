import type { Unwrap } from "@pulumi/pulumi";
import type { ProjectArgs, ProjectState } from "@pulumi/digitalocean";
import type { Resource } from "../frame/resource";
import { ApiError, type Api } from "./api";
import { timeouts } from "./meta";
import { assign, reassign, release, urnsOf, type ApiProject } from "./projectApi";
import { until } from "./wait";

type State = Unwrap<ProjectState>;

interface Answer {
  project: ApiProject;
}

const deleteSeconds = 180;
const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

export const project: Resource<Unwrap<ProjectArgs>, State, Api> = {
  type: "digitalocean:index/project:Project",
  inputs: {
    description: { default: "" },
    environment: { toState: (name) => capitalised(name as string) },
    isDefault: { default: false },
    name: { autoName: true },
    purpose: { default: "Web Application" },
    resources: { computed: true, set: true },
  },
  outputs: ["createdAt", "ownerId", "ownerUuid", "updatedAt"],
  volatile: ["updatedAt"],
  meta: timeouts({ delete: deleteSeconds }),
  check: ({ environment }) =>
    environment && !["Development", "Staging", "Production"].includes(capitalised(environment))
      ? [`environment must be Development, Staging or Production, got: ${environment}`]
      : [],

  async create({ name, description, purpose, environment, isDefault, resources }, { client }) {
    const body = { name, description, purpose, environment };
    const { project: created } = await client.post<Answer>("/v2/projects", body);
    await assign(client, created.id, resources ?? []);
    if (isDefault) await client.patch(`/v2/projects/${created.id}`, { ...body, is_default: true });
    return { id: created.id, state: await read(client, created.id) };
  },

  async read(id, _state, { client }) {
    return (await client.find<Answer>(`/v2/projects/${id}`)) && read(client, id);
  },

  async update(id, state, { name, description, purpose, environment, isDefault, resources }, { client }) {
    const body = { name, description, purpose, environment, is_default: isDefault };
    await client.patch(`/v2/projects/${id}`, body);
    if (resources) await reassign(client, id, state.resources ?? [], resources);
    return read(client, id);
  },

  async delete(id, state, { client, signal }) {
    await release(client, state.resources ?? []);
    await until(`project ${id} to be empty`, deleteSeconds, signal, async () => {
      try {
        await client.delete(`/v2/projects/${id}`);
        return true;
      } catch (fault) {
        // What was released leaves in its own time.
        if (fault instanceof ApiError && fault.status === 412) return undefined;
        throw fault;
      }
    });
  },
};

async function read(api: Api, id: string): Promise<State> {
  const { project: found } = await api.get<Answer>(`/v2/projects/${id}`);
  return {
    createdAt: found.created_at,
    description: found.description,
    environment: found.environment,
    isDefault: found.is_default,
    name: found.name,
    ownerId: found.owner_id,
    ownerUuid: found.owner_uuid,
    purpose: found.purpose.replace(/^Other: /, ""),
    resources: await urnsOf(api, id),
    updatedAt: found.updated_at,
  };
}
