import { randomUUID } from "node:crypto";
import { Router } from "express";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { bounds, nextAddress, overlap } from "../addresses";
import { regions } from "../catalogue";
import type { Cloud } from "../cloud";
import { conflict, forbidden, found, unprocessable } from "../errors";
import { paged } from "../paging";
import { now, type Records, type Vpc } from "../records";
import { checked } from "../validation";

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** DigitalOcean keeps these for itself. */
const reservedRanges = ["10.229.0.0/16", "10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/16"];

const name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[a-zA-Z0-9\-.]+$/, "only letters, digits, dashes and dots");
const description = z.string().max(255);

const newVpc = z.object({
  name,
  region: z.enum(
    regions.map(({ slug }) => slug),
    `must be one of ${regions.map(({ slug }) => slug).join(", ")}`,
  ),
  description: description.default(""),
  ip_range: z.string().optional(),
});

const vpcJson = (vpc: Vpc) => ({
  id: vpc.id,
  urn: `do:vpc:${vpc.id}`,
  name: vpc.name,
  description: vpc.description,
  region: vpc.region,
  ip_range: vpc.ipRange,
  default: vpc.isDefault,
  created_at: vpc.createdAt,
});

/** @throws ApiError 422 unless the range is private, /16 to /28, written by its first address, and free. */
function usableRange(records: Readonly<Records>, range: string): string {
  const wrong = (reason: string) => unprocessable(`ip_range: ${range} ${reason}`);
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(range)) throw wrong("is not an IPv4 range in CIDR notation");
  const [address, prefix] = ipaddr.IPv4.parseCIDR(range);
  if (prefix < 16 || prefix > 28) throw wrong("must be between /16 and /28 in size");
  const network = ipaddr.IPv4.networkAddressFromCIDR(range).toString();
  if (address.toString() !== network) throw wrong(`must begin at its first address: ${network}/${prefix}`);
  const { first, last } = bounds(range);
  const isPrivate = privateRanges.map(bounds).some((outer) => outer.first <= first && last <= outer.last);
  if (!isPrivate) throw wrong(`is not within ${privateRanges.join(", ")}`);
  if (reservedRanges.some((reserved) => overlap(reserved, range))) throw wrong("is reserved by DigitalOcean");
  if (records.vpcs.some(({ ipRange }) => overlap(ipRange, range))) {
    throw unprocessable("ip_range: This range/size overlaps with another VPC network in your account");
  }
  return range;
}

function freeRange(records: Readonly<Records>): string {
  for (let step = 0; step < 512; step++) {
    const range = `10.${100 + Math.floor(step / 16)}.${(step % 16) * 16}.0/20`;
    if (!records.vpcs.some(({ ipRange }) => overlap(ipRange, range))) return range;
  }
  throw unprocessable("ip_range: no range of size /20 is free");
}

function addVpc(records: Records, wanted: z.infer<typeof newVpc>, isDefault = false): Vpc {
  if (records.vpcs.some((vpc) => vpc.name === wanted.name)) {
    throw conflict("A VPC with the same name already exists in your account");
  }
  const vpc: Vpc = {
    id: randomUUID(),
    name: wanted.name,
    description: wanted.description,
    region: wanted.region,
    ipRange: wanted.ip_range ? usableRange(records, wanted.ip_range) : freeRange(records),
    isDefault,
    createdAt: now(),
  };
  records.vpcs.push(vpc);
  return vpc;
}

/** The VPC asked for, or the region's default one, which is made when it is first needed. */
export function vpcFor(records: Records, region: string, id?: string): Vpc {
  if (!id) {
    return (
      records.vpcs.find((vpc) => vpc.region === region && vpc.isDefault) ??
      addVpc(records, { name: `default-${region}`, region, description: "" }, true)
    );
  }
  const vpc = records.vpcs.find((candidate) => candidate.id === id);
  if (!vpc) throw unprocessable(`vpc_uuid: there is no VPC ${id}`);
  if (vpc.region !== region) throw unprocessable(`vpc_uuid: the VPC is in ${vpc.region}, not in ${region}`);
  return vpc;
}

export function takeVpcAddress(records: Records, vpc: Vpc): string {
  const taken = [
    ...records.droplets.filter(({ vpcId }) => vpcId === vpc.id).map(({ privateIp }) => privateIp),
    ...records.balancers.filter(({ vpcId }) => vpcId === vpc.id).map(({ vpcIp }) => vpcIp),
  ];
  const address = nextAddress(vpc.ipRange, taken, { latest: vpc.latestAddress });
  if (address === undefined) throw unprocessable(`vpc_uuid: every address of the VPC ${vpc.ipRange} is taken`);
  vpc.latestAddress = address;
  return address;
}

const members = (records: Readonly<Records>, id: string) => [
  ...records.droplets.filter(({ vpcId }) => vpcId === id).map((droplet) => member("droplet", droplet)),
  ...records.balancers.filter(({ vpcId }) => vpcId === id).map((balancer) => member("loadbalancer", balancer)),
];

const member = (type: string, { id, name, createdAt }: { id: string | number; name: string; createdAt: string }) => ({
  name,
  urn: `do:${type}:${id}`,
  created_at: createdAt,
});

export function vpcRoutes({ books, upkeep }: Cloud): Router {
  const router = Router();
  const vpcNamed = (records: Readonly<Records>, id: string) => found(records.vpcs.find((vpc) => vpc.id === id));

  router.get("/", (request, response) => {
    response.json(paged(request, "vpcs", books.now.vpcs.map(vpcJson)));
  });

  router.post("/", async (request, response) => {
    const body = checked(newVpc, request.body);
    const vpc = books.change((records) => addVpc(records, body));
    try {
      await upkeep.putVpc(vpc);
    } catch (error) {
      books.change((records) => (records.vpcs = records.vpcs.filter(({ id }) => id !== vpc.id)));
      throw error;
    }
    response.status(201).json({ vpc: vpcJson(vpc) });
  });

  router.get("/:id", (request, response) => {
    response.json({ vpc: vpcJson(vpcNamed(books.now, request.params.id)) });
  });

  router.get("/:id/members", (request, response) => {
    const { id } = vpcNamed(books.now, request.params.id);
    response.json(paged(request, "members", members(books.now, id)));
  });

  // PUT names the VPC anew, PATCH changes what it is given: here both may leave out what stays.
  router.all("/:id", (request, response, next) => {
    if (request.method !== "PUT" && request.method !== "PATCH") return next();
    const changed = books.change((records) => {
      const vpc = vpcNamed(records, request.params.id);
      const wanted = { name: request.method === "PUT" ? name : name.optional() };
      const body = checked(
        z.object({ ...wanted, description: description.optional(), default: z.boolean().optional() }),
        request.body,
      );
      if (records.vpcs.some((other) => other.id !== vpc.id && other.name === body.name)) {
        throw conflict("A VPC with the same name already exists in your account");
      }
      vpc.name = body.name ?? vpc.name;
      vpc.description = body.description ?? vpc.description;
      if (body.default)
        for (const other of records.vpcs) if (other.region === vpc.region) other.isDefault = other === vpc;
      return vpc;
    });
    response.json({ vpc: vpcJson(changed) });
  });

  router.delete("/:id", async (request, response) => {
    const { id, isDefault } = vpcNamed(books.now, request.params.id);
    if (isDefault) throw forbidden("Can not delete default VPCs");
    if (members(books.now, id).length > 0) throw forbidden("Can not delete VPC with members");
    await upkeep.removeVpc(id);
    books.change((records) => (records.vpcs = records.vpcs.filter((vpc) => vpc.id !== id)));
    response.status(204).end();
  });

  return router;
}
