import { Router } from "express";
import type { Cloud } from "../cloud";
import { found, unprocessable } from "../errors";
import { paged } from "../paging";
import { nextId, type Domain, type DomainRecord, type Records } from "../records";
import { checked } from "../validation";
import { newDomain, recordBody } from "./domainRequest";

const nameServers = ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"];
const defaultTtl = 1800;

const domainJson = (domain: Domain) => ({ name: domain.name, ttl: domain.ttl, zone_file: zoneFile(domain) });

/** The zone in the form of RFC 1035, as far as DigitalOcean prints it. */
function zoneFile({ name, ttl, records }: Domain): string {
  const lines = records.map((record) => {
    const owner = record.name === "@" ? `${name}.` : `${record.name}.${name}.`;
    const fields = [record.priority, record.weight, record.port, record.flags, record.tag].filter(
      (field) => field !== null,
    );
    return [owner, record.ttl, "IN", record.type, ...fields, written(record, name)].join(" ");
  });
  const soa = `${name}. IN SOA ${nameServers[0]}. hostmaster.${name}. 1 10800 3600 604800 ${ttl}`;
  return [`$ORIGIN ${name}.`, `$TTL ${ttl}`, soa, ...lines, ""].join("\n");
}

function written({ type, data }: DomainRecord, domain: string): string {
  if (type === "TXT" || type === "CAA") return JSON.stringify(data);
  if (["CNAME", "MX", "NS", "SRV"].includes(type)) return `${data === "@" ? domain : data}.`;
  return data;
}

const plain = { priority: null, port: null, weight: null, flags: null, tag: null };

function addDomain(records: Records, name: string, ipAddress?: string): Domain {
  if (records.domains.some((domain) => domain.name === name)) throw unprocessable("Name already exists");
  const entry = (type: string, data: string) => ({
    ...plain,
    id: nextId(records, "domainRecord"),
    type,
    name: "@",
    data,
    ttl: defaultTtl,
  });
  const domain: Domain = {
    name,
    ttl: defaultTtl,
    records: [...nameServers.map((server) => entry("NS", server)), ...(ipAddress ? [entry("A", ipAddress)] : [])],
  };
  records.domains.push(domain);
  return domain;
}

export function domainRoutes({ books }: Cloud): Router {
  const router = Router();
  const domainNamed = (records: Readonly<Records>, name: string) =>
    found(records.domains.find((domain) => domain.name === name.toLowerCase()));
  const recordNumbered = ({ records }: Domain, id: string) => found(records.find((record) => String(record.id) === id));

  router.get("/", (request, response) => {
    response.json(paged(request, "domains", books.now.domains.map(domainJson)));
  });

  router.post("/", (request, response) => {
    const body = checked(newDomain, request.body);
    const domain = books.change((records) => addDomain(records, body.name, body.ip_address));
    response.status(201).json({ domain: domainJson(domain) });
  });

  router.get("/:domain", (request, response) => {
    response.json({ domain: domainJson(domainNamed(books.now, request.params.domain)) });
  });

  router.delete("/:domain", (request, response) => {
    books.change((records) => {
      const { name } = domainNamed(records, request.params.domain);
      records.domains = records.domains.filter((domain) => domain.name !== name);
      delete records.assignments[`do:domain:${name}`];
    });
    response.status(204).end();
  });

  router.get("/:domain/records", (request, response) => {
    const { type, name } = request.query;
    const domain = domainNamed(books.now, request.params.domain);
    const owner = typeof name === "string" && ownerName(name, domain.name);
    const records = domain.records.filter(
      (record) => (type === undefined || record.type === type) && (owner === false || record.name === owner),
    );
    response.json(paged(request, "domain_records", records));
  });

  router.post("/:domain/records", (request, response) => {
    const record = books.change((records) => {
      const domain = domainNamed(records, request.params.domain);
      const created: DomainRecord = { ...checked(recordBody, request.body), id: nextId(records, "domainRecord") };
      domain.records.push(created);
      return created;
    });
    response.status(201).json({ domain_record: record });
  });

  router.get("/:domain/records/:id", (request, response) => {
    const domain = domainNamed(books.now, request.params.domain);
    response.json({ domain_record: recordNumbered(domain, request.params.id) });
  });

  // PATCH changes what it is given; PUT needs the record in full.
  router.all("/:domain/records/:id", (request, response, next) => {
    if (request.method !== "PUT" && request.method !== "PATCH") return next();
    const record = books.change((records) => {
      const existing = recordNumbered(domainNamed(records, request.params.domain), request.params.id);
      const given = request.body as Record<string, unknown>;
      const body = request.method === "PATCH" ? { ...dotted(existing), ...given } : given;
      return Object.assign(existing, checked(recordBody, body));
    });
    response.json({ domain_record: record });
  });

  router.delete("/:domain/records/:id", (request, response) => {
    books.change((records) => {
      const domain = domainNamed(records, request.params.domain);
      const { id } = recordNumbered(domain, request.params.id);
      domain.records = domain.records.filter((record) => record.id !== id);
    });
    response.status(204).end();
  });

  return router;
}

/** A query names records in full: www.example.com is the record "www", example.com itself is "@". */
function ownerName(name: string, domain: string): string {
  if (name === domain) return "@";
  return name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : name;
}

/** A stored record as a request would write it. */
const dotted = (record: DomainRecord) =>
  ["CNAME", "MX", "NS", "SRV"].includes(record.type) && record.data !== "@"
    ? { ...record, data: `${record.data}.` }
    : record;
