import { Router } from "express";
import type { z } from "zod";
import { isBusy, openAction } from "../actionRecords";
import { sizeOf } from "../catalogue";
import type { Cloud } from "../cloud";
import { badRequest, found, unprocessable } from "../errors";
import { covers, hasTag } from "../firewallRules";
import { paged } from "../paging";
import { takePublicAddress } from "../publicAddresses";
import { nextId, now, type Droplet, type Records } from "../records";
import { checked } from "../validation";
import { dropletJson } from "./dropletJson";
import { newDroplets } from "./dropletRequest";
import { firewallJson } from "./firewalls";
import { keyNamed } from "./keys";
import { ensureTags } from "./tags";
import { takeVpcAddress, vpcFor } from "./vpcs";

export const dropletNumbered = (records: Readonly<Records>, id: string) =>
  found(records.droplets.find((droplet) => String(droplet.id) === id));

function addDroplets(records: Records, wanted: z.infer<typeof newDroplets>) {
  const vpc = vpcFor(records, wanted.region, wanted.vpc_uuid);
  const publicKeys = wanted.ssh_keys.map((named) => {
    const key = keyNamed(records, named);
    if (!key) throw unprocessable(`ssh_keys: ${named} are invalid key identifiers for Droplet creation.`);
    return key.publicKey;
  });
  ensureTags(records, wanted.tags);
  const droplets = wanted.names.map((name) => {
    const droplet: Droplet = {
      id: nextId(records, "droplet"),
      name,
      region: wanted.region,
      size: wanted.size,
      diskGiB: sizeOf(wanted.size).diskGiB,
      image: wanted.image,
      vpcId: vpc.id,
      publicIp: takePublicAddress(records),
      privateIp: takeVpcAddress(records, vpc),
      userData: wanted.user_data,
      publicKeys,
      tags: wanted.tags,
      backups: wanted.backups,
      monitoring: wanted.monitoring,
      createdAt: now(),
      phase: "creating",
    };
    records.droplets.push(droplet);
    return droplet;
  });
  const actions = droplets.map(({ id, region }) => openAction(records, { type: "create", region, dropletId: id }));
  return { vpc, droplets, actions };
}

export function dropletRoutes(cloud: Cloud): Router {
  const { books, upkeep } = cloud;
  const router = Router();

  router.get("/", async (request, response) => {
    const { tag_name: tag, name } = request.query;
    const droplets = books.now.droplets.filter(
      (droplet) =>
        (typeof tag !== "string" || hasTag(droplet.tags, tag)) && (name === undefined || droplet.name === name),
    );
    const shown = await Promise.all(droplets.map((droplet) => dropletJson(cloud, droplet)));
    response.json(paged(request, "droplets", shown));
  });

  router.post("/", async (request, response) => {
    const wanted = checked(newDroplets, request.body);
    const { vpc, droplets, actions } = books.change((records) => addDroplets(records, wanted));
    try {
      await upkeep.putVpc(vpc);
      await upkeep.settle();
    } catch (error) {
      books.change((records) => (records.droplets = records.droplets.filter(({ id }) => !isOneOf(droplets, id))));
      throw error;
    }
    for (const { id } of droplets) upkeep.launch(id);
    const shown = await Promise.all(droplets.map((droplet) => dropletJson(cloud, droplet)));
    const links = {
      actions: actions.map(({ id }) => ({
        id,
        rel: "create",
        href: `${request.protocol}://${request.get("host") ?? "localhost"}/v2/actions/${id}`,
      })),
    };
    response.status(202).json(wanted.several ? { droplets: shown, links } : { droplet: shown[0], links });
  });

  router.delete("/", (request, response) => {
    const tag = request.query.tag_name;
    if (typeof tag !== "string") throw badRequest("tag_name is wanted: it says which droplets are to be deleted.");
    remove(
      cloud,
      books.now.droplets.filter((droplet) => hasTag(droplet.tags, tag)).map(({ id }) => id),
    );
    response.status(204).end();
  });

  router.get("/:id", async (request, response) => {
    response.json({ droplet: await dropletJson(cloud, dropletNumbered(books.now, request.params.id)) });
  });

  router.get("/:id/firewalls", (request, response) => {
    const droplet = dropletNumbered(books.now, request.params.id);
    const firewalls = books.now.firewalls.filter((firewall) => covers(firewall, droplet));
    response.json(paged(request, "firewalls", firewalls.map(firewallJson)));
  });

  router.delete("/:id", (request, response) => {
    const droplet = dropletNumbered(books.now, request.params.id);
    if (droplet.phase === "ready" && isBusy(books.now, droplet.id)) {
      throw unprocessable("Droplet already has a pending event.");
    }
    remove(cloud, [droplet.id]);
    response.status(204).end();
  });

  return router;
}

const isOneOf = (droplets: Droplet[], id: number) => droplets.some((droplet) => droplet.id === id);

function remove({ books, upkeep }: Cloud, ids: number[]): void {
  books.change((records) => {
    for (const droplet of records.droplets) if (ids.includes(droplet.id)) droplet.phase = "deleting";
  });
  for (const id of ids) upkeep.destroy(id);
}
