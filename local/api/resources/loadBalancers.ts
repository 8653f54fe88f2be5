import { randomUUID } from "node:crypto";
import { Router } from "express";
import { regionJson, regionOf } from "../catalogue";
import type { Cloud } from "../cloud";
import { found, unprocessable } from "../errors";
import { paged } from "../paging";
import { takePublicAddress } from "../publicAddresses";
import { now, type Balancer, type Records } from "../records";
import { backendsOf } from "../specs";
import { checked } from "../validation";
import { balancerBody, type BalancerBody } from "./balancerRequest";
import { assign, projectOf } from "./projectMembers";
import { takeVpcAddress, vpcFor } from "./vpcs";

/** Clients compare these fields with what they asked for: one that is missing or differs is a change at every preview. */
export function balancerJson(records: Readonly<Records>, balancer: Balancer) {
  return {
    id: balancer.id,
    name: balancer.name,
    project_id: projectOf(records, urn(balancer.id)).id,
    ip: balancer.publicIp,
    ipv6: "",
    size_unit: balancer.sizeUnit,
    type: "REGIONAL",
    algorithm: balancer.algorithm,
    status: "active",
    created_at: balancer.createdAt,
    forwarding_rules: balancer.rules,
    health_check: balancer.healthCheck,
    sticky_sessions: { type: "none" },
    redirect_http_to_https: false,
    enable_proxy_protocol: balancer.proxyProtocol,
    enable_backend_keepalive: balancer.backendKeepalive,
    http_idle_timeout_seconds: balancer.idleTimeoutSeconds,
    disable_lets_encrypt_dns_records: balancer.disableLetsEncryptDnsRecords,
    network: "EXTERNAL",
    network_stack: "IPV4",
    region: regionJson(regionOf(balancer.region)),
    vpc_uuid: balancer.vpcId,
    tag: balancer.tag,
    droplet_ids: backendsOf(balancer, records).map(({ id }) => id),
  };
}

const urn = (id: string) => `do:loadbalancer:${id}`;

/** The part of a balancer that its owner may change, in the books' terms. */
function settings(records: Readonly<Records>, body: BalancerBody) {
  for (const id of body.droplet_ids) {
    if (!records.droplets.some((droplet) => droplet.id === id))
      throw unprocessable(`droplet_ids: there is no droplet ${id}`);
  }
  return {
    name: body.name,
    sizeUnit: body.size_unit,
    algorithm: body.algorithm,
    rules: body.forwarding_rules,
    healthCheck: body.health_check,
    proxyProtocol: body.enable_proxy_protocol,
    backendKeepalive: body.enable_backend_keepalive,
    idleTimeoutSeconds: body.http_idle_timeout_seconds,
    disableLetsEncryptDnsRecords: body.disable_lets_encrypt_dns_records,
    tag: body.tag,
    dropletIds: body.droplet_ids,
  };
}

function addBalancer(records: Records, body: BalancerBody) {
  const vpc = vpcFor(records, body.region, body.vpc_uuid);
  const balancer: Balancer = {
    ...settings(records, body),
    id: randomUUID(),
    region: body.region,
    vpcId: vpc.id,
    publicIp: takePublicAddress(records),
    vpcIp: takeVpcAddress(records, vpc),
    createdAt: now(),
  };
  records.balancers.push(balancer);
  if (body.project_id) assign(records, urn(balancer.id), body.project_id);
  return { vpc, balancer };
}

export function balancerRoutes({ books, upkeep }: Cloud): Router {
  const router = Router();
  const balancerNamed = (records: Readonly<Records>, id: string) =>
    found(records.balancers.find((balancer) => balancer.id === id));
  const strike = (id: string) => (records: Records) => {
    records.balancers = records.balancers.filter((balancer) => balancer.id !== id);
    delete records.assignments[urn(id)];
  };
  const shown = (balancer: Balancer) => ({ load_balancer: balancerJson(books.now, balancer) });

  router.get("/", (request, response) => {
    const all = books.now.balancers.map((balancer) => balancerJson(books.now, balancer));
    response.json(paged(request, "load_balancers", all));
  });

  router.post("/", async (request, response) => {
    const body = checked(balancerBody, request.body);
    const { vpc, balancer } = books.change((records) => addBalancer(records, body));
    try {
      await upkeep.putVpc(vpc);
      await upkeep.settle();
    } catch (error) {
      books.change(strike(balancer.id));
      throw error;
    }
    response.status(202).json(shown(balancer));
  });

  router.get("/:id", (request, response) => {
    response.json(shown(balancerNamed(books.now, request.params.id)));
  });

  router.put("/:id", async (request, response) => {
    const balancer = books.change((records) => {
      const existing = balancerNamed(records, request.params.id);
      const body = checked(balancerBody, request.body);
      if (body.region !== existing.region) throw unprocessable("region: a load balancer cannot be moved");
      if (body.vpc_uuid && body.vpc_uuid !== existing.vpcId) {
        throw unprocessable("vpc_uuid: a load balancer cannot be moved");
      }
      if (body.project_id) assign(records, urn(existing.id), body.project_id);
      return Object.assign(existing, settings(records, body));
    });
    await upkeep.settle();
    response.json(shown(balancer));
  });

  router.delete("/:id", async (request, response) => {
    const { id } = balancerNamed(books.now, request.params.id);
    await upkeep.removeBalancer(id, strike(id));
    response.status(204).end();
  });

  return router;
}
