import { Router } from "express";
import { z } from "zod";
import { actionJson, finishAction, openAction } from "../actionRecords";
import { regionJson, regionOf, regions } from "../catalogue";
import type { Cloud } from "../cloud";
import { found, unprocessable } from "../errors";
import { paged } from "../paging";
import { takePublicAddress } from "../publicAddresses";
import type { Records, ReservedIp } from "../records";
import { checked } from "../validation";
import { dropletJson } from "./dropletJson";
import { projectOf } from "./projectMembers";

const limit = 3;

const newReservedIp = z
  .object({ region: z.enum(regions.map(({ slug }) => slug)).optional(), droplet_id: z.int().optional() })
  .refine(({ region, droplet_id: id }) => region !== undefined || id !== undefined, "give a region or a droplet_id");

const newAction = z.discriminatedUnion("type", [
  z.object({ type: z.literal("assign"), droplet_id: z.int() }),
  z.object({ type: z.literal("unassign") }),
]);

async function reservedIpJson(cloud: Cloud, reserved: ReservedIp) {
  const droplet = cloud.books.now.droplets.find(({ id }) => id === reserved.dropletId);
  return {
    ip: reserved.ip,
    region: regionJson(regionOf(reserved.region)),
    droplet: droplet ? await dropletJson(cloud, droplet) : null,
    locked: false,
    project_id: projectOf(cloud.books.now, urn(reserved.ip)).id,
  };
}

const urn = (ip: string) => `do:reservedip:${ip}`;

function attach(records: Records, reserved: ReservedIp, dropletId: number): void {
  const droplet = records.droplets.find(({ id }) => id === dropletId);
  if (!droplet) throw unprocessable(`droplet_id: there is no droplet ${dropletId}`);
  if (droplet.region !== reserved.region) throw unprocessable("droplet_id: the droplet is in another region");
  if (records.reservedIps.some((other) => other !== reserved && other.dropletId === dropletId)) {
    throw unprocessable("droplet_id: the droplet has a reserved IP already");
  }
  reserved.dropletId = dropletId;
}

/**
 * Reserved addresses and what they point to. The books only: the fabric does not carry their traffic.
 */
export function reservedIpRoutes(cloud: Cloud): Router {
  const { books } = cloud;
  const router = Router();
  const reservation = (records: Readonly<Records>, ip: string) =>
    found(records.reservedIps.find((reserved) => reserved.ip === ip));
  const actionsOf = (named: string) => {
    const { ip } = reservation(books.now, named);
    return books.now.actions.filter(({ reservedIp }) => reservedIp === ip);
  };

  router.get("/", async (request, response) => {
    const all = await Promise.all(books.now.reservedIps.map((reserved) => reservedIpJson(cloud, reserved)));
    response.json(paged(request, "reserved_ips", all));
  });

  router.post("/", async (request, response) => {
    const body = checked(newReservedIp, request.body);
    const reserved = books.change((records) => {
      if (records.reservedIps.length >= limit)
        throw unprocessable(`the account may have ${limit} reserved IPs at most`);
      const droplet = records.droplets.find(({ id }) => id === body.droplet_id);
      const region = droplet?.region ?? body.region;
      if (region === undefined) throw unprocessable(`droplet_id: there is no droplet ${body.droplet_id}`);
      const created: ReservedIp = { ip: takePublicAddress(records), region, dropletId: null };
      records.reservedIps.push(created);
      if (body.droplet_id !== undefined) attach(records, created, body.droplet_id);
      return created;
    });
    response.status(202).json({ reserved_ip: await reservedIpJson(cloud, reserved), links: {} });
  });

  router.get("/:ip", async (request, response) => {
    response.json({ reserved_ip: await reservedIpJson(cloud, reservation(books.now, request.params.ip)) });
  });

  router.delete("/:ip", (request, response) => {
    books.change((records) => {
      const { ip } = reservation(records, request.params.ip);
      records.reservedIps = records.reservedIps.filter((reserved) => reserved.ip !== ip);
      delete records.assignments[urn(ip)];
    });
    response.status(204).end();
  });

  router.get("/:ip/actions", (request, response) => {
    response.json(paged(request, "actions", actionsOf(request.params.ip).toReversed().map(actionJson)));
  });

  router.get("/:ip/actions/:id", (request, response) => {
    const action = found(actionsOf(request.params.ip).find(({ id }) => String(id) === request.params.id));
    response.json({ action: actionJson(action) });
  });

  router.post("/:ip/actions", (request, response) => {
    const action = books.change((records) => {
      const reserved = reservation(records, request.params.ip);
      const wanted = checked(newAction, request.body);
      const dropletId = wanted.type === "assign" ? wanted.droplet_id : reserved.dropletId;
      if (dropletId === null) throw unprocessable("The reserved IP is not assigned to a droplet.");
      if (wanted.type === "assign") attach(records, reserved, dropletId);
      else reserved.dropletId = null;
      const opened = openAction(records, {
        type: wanted.type,
        region: reserved.region,
        dropletId,
        reservedIp: reserved.ip,
      });
      finishAction(records, opened.id, "completed");
      return opened;
    });
    response.status(201).json({ action: actionJson(action) });
  });

  return router;
}
