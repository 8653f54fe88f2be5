import { Router } from "express";
import { z } from "zod";
import type { Cloud } from "../cloud";
import { found, unprocessable } from "../errors";
import { hasTag, sameTag } from "../firewallRules";
import { paged } from "../paging";
import type { Records } from "../records";
import { checked, tagName } from "../validation";

const taggings = z.object({
  resources: z
    .array(z.object({ resource_id: z.coerce.string(), resource_type: z.string() }))
    .min(1, "at least one resource is wanted"),
});

function tagJson(records: Readonly<Records>, name: string) {
  const count = records.droplets.filter(({ tags }) => hasTag(tags, name)).length;
  const none = { count: 0 };
  return {
    name,
    resources: {
      count,
      droplets: { count },
      images: none,
      volumes: none,
      volume_snapshots: none,
      databases: none,
    },
  };
}

/** Adds the tags that the account does not have yet. */
export function ensureTags(records: Records, tags: string[]): void {
  for (const tag of tags) if (!hasTag(records.tags, tag)) records.tags.push(tag);
}

const tagNamed = (records: Readonly<Records>, name: string) => found(records.tags.find((tag) => sameTag(tag, name)));

export function tagRoutes({ books, upkeep }: Cloud): Router {
  const router = Router();

  router.get("/", (request, response) => {
    const tags = books.now.tags.map((name) => tagJson(books.now, name));
    response.json(paged(request, "tags", tags));
  });

  router.post("/", (request, response) => {
    const { name } = checked(z.object({ name: tagName }), request.body);
    books.change((records) => ensureTags(records, [name]));
    response.status(201).json({ tag: tagJson(books.now, tagNamed(books.now, name)) });
  });

  router.get("/:tag", (request, response) => {
    response.json({ tag: tagJson(books.now, tagNamed(books.now, request.params.tag)) });
  });

  router.delete("/:tag", async (request, response) => {
    books.change((records) => {
      const name = tagNamed(records, request.params.tag);
      const without = (tags: string[]) => tags.filter((tag) => !sameTag(tag, name));
      records.tags = without(records.tags);
      for (const holder of [...records.droplets, ...records.firewalls]) holder.tags = without(holder.tags);
    });
    await upkeep.settle();
    response.status(204).end();
  });

  router.post("/:tag/resources", async (request, response) => {
    books.change((records) => {
      const name = tagNamed(records, request.params.tag);
      for (const droplet of tagged(records, request.body)) {
        if (!hasTag(droplet.tags, name)) droplet.tags.push(name);
      }
    });
    await upkeep.settle();
    response.status(204).end();
  });

  router.delete("/:tag/resources", async (request, response) => {
    books.change((records) => {
      const name = tagNamed(records, request.params.tag);
      for (const droplet of tagged(records, request.body)) {
        droplet.tags = droplet.tags.filter((tag) => !sameTag(tag, name));
      }
    });
    await upkeep.settle();
    response.status(204).end();
  });

  return router;
}

function tagged(records: Records, body: unknown) {
  return checked(taggings, body).resources.map(({ resource_id, resource_type }, index) => {
    if (resource_type !== "droplet") {
      throw unprocessable(
        `resources[${index}].resource_type: the local cloud tags droplets only, not ${resource_type}`,
      );
    }
    return found(records.droplets.find(({ id }) => String(id) === resource_id));
  });
}
