import { randomUUID } from "node:crypto";
import { Router } from "express";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import type { Cloud } from "../cloud";
import { conflict, found, unprocessable } from "../errors";
import { hasTag } from "../firewallRules";
import { paged } from "../paging";
import { now, type Firewall, type Records, type Rule } from "../records";
import { checked, tagName } from "../validation";

const address = z
  .string()
  .refine((text) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text), "must be an address or a range in CIDR notation");

const peers = z
  .object({
    addresses: z.array(address).optional(),
    tags: z.array(tagName).optional(),
    droplet_ids: z.array(z.int()).optional(),
    load_balancer_uids: z.array(z.string()).optional(),
  })
  .refine(
    (given) => Object.values(given).some((list) => list.length > 0),
    "at least one of addresses, tags, droplet_ids and load_balancer_uids is wanted",
  );

/** "22", "8000-9000", "all" or "0". */
const ports = z.string().refine((text) => {
  if (text === "all" || text === "0") return true;
  const [low, high = low, ...more] = text.split("-").map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : NaN));
  return more.length === 0 && low !== undefined && high !== undefined && low >= 1 && low <= high && high <= 65535;
}, "must be a port, a range such as 8000-9000, or all");

const opening = z
  .object({ protocol: z.enum(["tcp", "udp", "icmp"], "must be tcp, udp or icmp"), ports: ports.optional() })
  .refine((given) => given.protocol === "icmp" || given.ports !== undefined, {
    path: ["ports"],
    message: "ports are required for tcp and udp",
  });

/** DigitalOcean writes "all" as "0", for icmp too. */
const toRule = ({ protocol, ports }: z.infer<typeof opening>, peers: Rule["peers"]): Rule => ({
  protocol,
  ports: protocol === "icmp" || ports === undefined || ports === "all" ? "0" : ports,
  peers,
});

const inboundRule = opening.and(z.object({ sources: peers })).transform((given) => toRule(given, given.sources));
const outboundRule = opening
  .and(z.object({ destinations: peers }))
  .transform((given) => toRule(given, given.destinations));

const firewallBody = z
  .object({
    name: z
      .string()
      .max(255)
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9.-]+$/, "two or more letters, digits, dots and dashes, a letter or digit first"),
    inbound_rules: z.array(inboundRule).default([]),
    outbound_rules: z.array(outboundRule).default([]),
    droplet_ids: z.array(z.int()).max(10).default([]),
    tags: z.array(tagName).max(5).default([]),
  })
  .refine(({ inbound_rules: inbound, outbound_rules: outbound }) => {
    const rules = inbound.length + outbound.length;
    return rules >= 1 && rules <= 50;
  }, "inbound_rules and outbound_rules: 1 to 50 rules are wanted in all");

export const firewallJson = (firewall: Firewall) => ({
  id: firewall.id,
  name: firewall.name,
  status: "succeeded",
  created_at: firewall.createdAt,
  pending_changes: [],
  inbound_rules: firewall.inbound.map(({ protocol, ports: open, peers: sources }) => ({
    protocol,
    ports: open,
    sources,
  })),
  outbound_rules: firewall.outbound.map(({ protocol, ports: open, peers: destinations }) => ({
    protocol,
    ports: open,
    destinations,
  })),
  droplet_ids: firewall.dropletIds,
  tags: firewall.tags,
});

function writeFirewall(records: Records, body: z.infer<typeof firewallBody>, firewall: Firewall): Firewall {
  if (records.firewalls.some(({ id, name }) => id !== firewall.id && name === body.name)) {
    throw conflict("duplicate name");
  }
  for (const id of body.droplet_ids) {
    if (!records.droplets.some((droplet) => droplet.id === id))
      throw unprocessable(`droplet_ids: there is no droplet ${id}`);
  }
  const rules = [...body.inbound_rules, ...body.outbound_rules];
  for (const tag of [...body.tags, ...rules.flatMap((each) => each.peers.tags ?? [])]) {
    if (!hasTag(records.tags, tag)) throw unprocessable(`tags: there is no tag ${tag}`);
  }
  return Object.assign(firewall, {
    name: body.name,
    inbound: body.inbound_rules,
    outbound: body.outbound_rules,
    dropletIds: body.droplet_ids,
    tags: body.tags,
  });
}

export function firewallRoutes({ books, upkeep }: Cloud): Router {
  const router = Router();
  const firewallNamed = (records: Readonly<Records>, id: string) =>
    found(records.firewalls.find((firewall) => firewall.id === id));
  const strike = (id: string) =>
    books.change((records) => (records.firewalls = records.firewalls.filter((firewall) => firewall.id !== id)));

  router.get("/", (request, response) => {
    response.json(paged(request, "firewalls", books.now.firewalls.map(firewallJson)));
  });

  router.post("/", async (request, response) => {
    const body = checked(firewallBody, request.body);
    const firewall = books.change((records) => {
      const blank = {
        id: randomUUID(),
        name: "",
        createdAt: now(),
        inbound: [],
        outbound: [],
        dropletIds: [],
        tags: [],
      };
      const created = writeFirewall(records, body, blank);
      records.firewalls.push(created);
      return created;
    });
    try {
      await upkeep.settle();
    } catch (error) {
      strike(firewall.id);
      throw error;
    }
    response.status(202).json({ firewall: firewallJson(firewall) });
  });

  router.get("/:id", (request, response) => {
    response.json({ firewall: firewallJson(firewallNamed(books.now, request.params.id)) });
  });

  router.put("/:id", async (request, response) => {
    const firewall = books.change((records) => {
      const existing = firewallNamed(records, request.params.id);
      return writeFirewall(records, checked(firewallBody, request.body), existing);
    });
    await upkeep.settle();
    response.json({ firewall: firewallJson(firewall) });
  });

  router.delete("/:id", async (request, response) => {
    strike(firewallNamed(books.now, request.params.id).id);
    await upkeep.settle();
    response.status(204).end();
  });

  return router;
}
