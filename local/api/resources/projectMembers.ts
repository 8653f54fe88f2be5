import { unprocessable } from "../errors";
import { now, type Project, type Records } from "../records";

/** Which resources are in which project. Whatever was put nowhere is in the default project, as at DigitalOcean. */

export function defaultProject(records: Readonly<Records>): Project {
  const project = records.projects.find(({ isDefault }) => isDefault);
  if (!project) throw new Error("the books have no default project");
  return project;
}

export function projectOf(records: Readonly<Records>, urn: string): Project {
  const id = records.assignments[urn]?.projectId;
  return records.projects.find((project) => project.id === id) ?? defaultProject(records);
}

export function assign(records: Records, urn: string, projectId: string): void {
  if (!records.projects.some(({ id }) => id === projectId)) {
    throw unprocessable(`project_id: there is no project ${projectId}`);
  }
  records.assignments[urn] = { projectId, assignedAt: now() };
}

/** The urn and link of everything that the account has and a project can hold. */
function assignable(records: Readonly<Records>): Map<string, string> {
  return new Map([
    ...records.droplets.map(({ id }) => [`do:droplet:${id}`, `/v2/droplets/${id}`] as const),
    ...records.balancers.map(({ id }) => [`do:loadbalancer:${id}`, `/v2/load_balancers/${id}`] as const),
    ...records.reservedIps.map(({ ip }) => [`do:reservedip:${ip}`, `/v2/reserved_ips/${ip}`] as const),
    ...records.domains.map(({ name }) => [`do:domain:${name}`, `/v2/domains/${name}`] as const),
  ]);
}

/** Buckets are not in these books: they are taken at their word. */
export const isAssignable = (records: Readonly<Records>, urn: string) =>
  assignable(records).has(urn) || urn.startsWith("do:space:");

export function membersOf(records: Readonly<Records>, project: Project) {
  const links = assignable(records);
  for (const urn of Object.keys(records.assignments)) if (urn.startsWith("do:space:")) links.set(urn, "");
  return [...links.keys()].filter((urn) => projectOf(records, urn).id === project.id);
}

export function memberJson(records: Readonly<Records>, urn: string, status = "ok") {
  return {
    urn,
    assigned_at: records.assignments[urn]?.assignedAt ?? defaultProject(records).createdAt,
    links: { self: assignable(records).get(urn) ?? "" },
    status,
  };
}
