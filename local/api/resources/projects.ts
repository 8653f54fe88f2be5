import { randomUUID } from "node:crypto";
import { Router } from "express";
import { z } from "zod";
import type { Cloud } from "../cloud";
import { badRequest, conflict, found, preconditionFailed } from "../errors";
import { paged } from "../paging";
import { now, type Project, type Records } from "../records";
import { checked } from "../validation";
import { assign, defaultProject, isAssignable, memberJson, membersOf } from "./projectMembers";

/** DigitalOcean marks every other purpose with "Other: ". */
const purposes = [
  "Just trying out DigitalOcean",
  "Class project / Educational purposes",
  "Website or blog",
  "Web Application",
  "Service or API",
  "Mobile Application",
  "Machine learning / AI / Data processing",
  "IoT",
  "Operational / Developer tooling",
];
const environments = ["Development", "Staging", "Production"];

const name = z.string().min(1).max(175);
const description = z.string().max(255);
const purpose = z
  .string()
  .min(1)
  .max(255)
  .transform((given) => (purposes.includes(given) || given.startsWith("Other: ") ? given : `Other: ${given}`));
const environment = z.string().transform((given, context) => {
  const known = environments.find((each) => each.toLowerCase() === given.toLowerCase());
  if (known === undefined && given !== "") context.addIssue(`must be one of ${environments.join(", ")}`);
  return known ?? "";
});

const newProject = z.object({
  name,
  purpose,
  description: description.default(""),
  environment: environment.default(""),
});

const projectChange = z.object({ name, purpose, description, environment, is_default: z.boolean() }).partial();

const urns = z.object({ resources: z.array(z.string()).min(1, "at least one urn is wanted") });

const projectJson = (records: Readonly<Records>, project: Project) => ({
  id: project.id,
  owner_uuid: records.accountId,
  owner_id: 1,
  name: project.name,
  description: project.description,
  purpose: project.purpose,
  environment: project.environment,
  is_default: project.isDefault,
  created_at: project.createdAt,
  updated_at: project.updatedAt,
});

function requireFreeName(records: Readonly<Records>, wanted: string, own?: string): void {
  if (records.projects.some(({ id, name }) => id !== own && name === wanted)) throw conflict("name is already in use");
}

export function projectRoutes({ books }: Cloud): Router {
  const router = Router();
  const projectNamed = (records: Readonly<Records>, id: string) =>
    id === "default" ? defaultProject(records) : found(records.projects.find((project) => project.id === id));

  router.get("/", (request, response) => {
    const all = books.now.projects.map((project) => projectJson(books.now, project));
    response.json(paged(request, "projects", all));
  });

  router.post("/", (request, response) => {
    const body = checked(newProject, request.body);
    const project = books.change((records) => {
      requireFreeName(records, body.name);
      const created: Project = { ...body, id: randomUUID(), isDefault: false, createdAt: now(), updatedAt: now() };
      records.projects.push(created);
      return created;
    });
    response.status(201).json({ project: projectJson(books.now, project) });
  });

  router.get("/:id", (request, response) => {
    response.json({ project: projectJson(books.now, projectNamed(books.now, request.params.id)) });
  });

  router.all("/:id", (request, response, next) => {
    if (request.method !== "PUT" && request.method !== "PATCH") return next();
    const project = books.change((records) => {
      const existing = projectNamed(records, request.params.id);
      const body = checked(request.method === "PUT" ? projectChange.required() : projectChange, request.body);
      if (body.name !== undefined) requireFreeName(records, body.name, existing.id);
      existing.name = body.name ?? existing.name;
      existing.description = body.description ?? existing.description;
      existing.purpose = body.purpose ?? existing.purpose;
      existing.environment = body.environment ?? existing.environment;
      existing.updatedAt = now();
      if (body.is_default) for (const other of records.projects) other.isDefault = other === existing;
      return existing;
    });
    response.json({ project: projectJson(books.now, project) });
  });

  router.delete("/:id", (request, response) => {
    books.change((records) => {
      const project = projectNamed(records, request.params.id);
      if (project.isDefault) throw preconditionFailed("cannot delete the default project");
      if (membersOf(records, project).length > 0) throw preconditionFailed("cannot delete a project with resources");
      records.projects = records.projects.filter(({ id }) => id !== project.id);
    });
    response.status(204).end();
  });

  router.get("/:id/resources", (request, response) => {
    const members = membersOf(books.now, projectNamed(books.now, request.params.id));
    response.json(
      paged(
        request,
        "resources",
        members.map((urn) => memberJson(books.now, urn)),
      ),
    );
  });

  router.post("/:id/resources", (request, response) => {
    const body = checked(urns, request.body);
    const resources = books.change((records) => {
      const project = projectNamed(records, request.params.id);
      return body.resources.map((urn) => {
        if (!/^do:[a-z]+:.+$/.test(urn)) throw badRequest(`resources: ${urn} is no urn such as do:droplet:123`);
        if (!isAssignable(records, urn)) return memberJson(records, urn, "not_found");
        assign(records, urn, project.id);
        return memberJson(records, urn, "assigned");
      });
    });
    response.json({ resources, links: {}, meta: { total: resources.length } });
  });

  return router;
}
