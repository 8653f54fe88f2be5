import type { Api } from "./api";

export interface ApiProject {
  id: string;
  name: string;
  description: string;
  purpose: string;
  environment: string;
  is_default: boolean;
  owner_id: number;
  owner_uuid: string;
  created_at: string;
  updated_at: string;
}

interface Page {
  resources: { urn: string }[];
  links?: { pages?: { next?: string } };
}

/** The URNs of all that a project holds. */
export async function urnsOf(api: Api, project: string): Promise<string[]> {
  const urns: string[] = [];
  for (let page = 1; ; page++) {
    const answer = await api.get<Page>(`/v2/projects/${project}/resources?page=${page}&per_page=200`);
    urns.push(...answer.resources.map(({ urn }) => urn));
    if (!answer.links?.pages?.next) return urns;
  }
}

export async function assign(api: Api, project: string, urns: string[]): Promise<void> {
  if (urns.length > 0) await api.post(`/v2/projects/${project}/resources`, { resources: urns });
}

/** Nothing can be in no project: what leaves one goes to the default one. */
export async function release(api: Api, urns: string[]): Promise<void> {
  if (urns.length === 0) return;
  const { project } = await api.get<{ project: ApiProject }>("/v2/projects/default");
  await assign(api, project.id, urns);
}

export async function reassign(api: Api, project: string, before: string[], after: string[]): Promise<void> {
  await release(
    api,
    before.filter((urn) => !after.includes(urn)),
  );
  await assign(
    api,
    project,
    after.filter((urn) => !before.includes(urn)),
  );
}
