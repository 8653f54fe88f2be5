import { expect } from "chai";
import { TestCloud, type Refusal } from "../testCloud";

describe("domains", () => {
  let cloud: TestCloud;

  beforeEach(async () => {
    cloud = await new TestCloud().start();
    await cloud.post("domains", { name: "trivet.test", ip_address: "198.51.100.10" });
  });
  afterEach(() => cloud.remove());

  const add = (body: object) => cloud.post("domains/trivet.test/records", body);

  it("come with name servers, their address, and a zone file", async () => {
    const { body } = await cloud.get("domains/trivet.test");
    expect(body.domain).to.include({ name: "trivet.test", ttl: 1800 });
    expect(body.domain.zone_file)
      .to.include("$ORIGIN trivet.test.")
      .and.include("trivet.test. 1800 IN A 198.51.100.10");
    const records = await cloud.get("domains/trivet.test/records");
    expect(records.body.domain_records.map(({ type }: { type: string }) => type)).to.deep.equal([
      "NS",
      "NS",
      "NS",
      "A",
    ]);
    expect((await cloud.get("domains")).body.meta.total).to.equal(1);
  });

  it("may have no address, which a client sends as an empty one", async () => {
    expect((await cloud.post("domains", { name: "other.test", ip_address: "" })).status).to.equal(201);
  });

  it("are deleted with their records", async () => {
    expect((await cloud.delete("domains/trivet.test")).status).to.equal(204);
    expect((await cloud.get("domains/trivet.test/records")).status).to.equal(404);
  });

  it("refuse what is none, and what is there already", async () => {
    expect((await cloud.post("domains", { name: "no domain" })).body.message).to.include("name: must be a domain name");
    const again = await cloud.post("domains", { name: "Trivet.Test" });
    expect([again.status, again.body.message]).to.deep.equal([422, "Name already exists"]);
  });

  it("have records that are created, replaced, changed and deleted", async () => {
    // priority, port and weight are always there in DigitalOcean's own client.
    const { status, body } = await add({
      type: "A",
      name: "www",
      data: "198.51.100.11",
      priority: 0,
      port: 0,
      weight: 0,
      ttl: 60,
    });
    expect(status).to.equal(201);
    const { id } = body.domain_record;
    expect(body.domain_record).to.deep.equal({
      id,
      type: "A",
      name: "www",
      data: "198.51.100.11",
      ttl: 60,
      priority: null,
      port: null,
      weight: null,
      flags: null,
      tag: null,
    });
    const one = `domains/trivet.test/records/${id}`;
    expect((await cloud.put(one, { type: "A", name: "www", data: "198.51.100.12" })).body.domain_record).to.include({
      data: "198.51.100.12",
      ttl: 1800,
    });
    expect((await cloud.patch(one, { ttl: 120 })).body.domain_record).to.include({ data: "198.51.100.12", ttl: 120 });
    expect((await cloud.get(one)).body.domain_record.ttl).to.equal(120);
    expect((await cloud.get("domains/trivet.test/records?name=www.trivet.test&type=A")).body.meta.total).to.equal(1);
    expect((await cloud.delete(one)).status).to.equal(204);
    expect((await cloud.get(one)).status).to.equal(404);
  });

  const stored: [object, object, string][] = [
    [
      { type: "CNAME", name: "app", data: "www.trivet.test." },
      { data: "www.trivet.test" },
      "IN CNAME www.trivet.test.",
    ],
    [{ type: "CNAME", name: "app", data: "@" }, { data: "@" }, "IN CNAME trivet.test."],
    [
      { type: "MX", data: "mail.trivet.test.", priority: 10 },
      { data: "mail.trivet.test", priority: 10 },
      "IN MX 10 mail.trivet.test.",
    ],
    [
      { type: "SRV", name: "_sip._tcp", data: "sip.trivet.test.", priority: 1, weight: 2, port: 5060 },
      { priority: 1, weight: 2, port: 5060 },
      "IN SRV 1 2 5060 sip.trivet.test.",
    ],
    [
      { type: "CAA", data: "letsencrypt.org.", flags: 0, tag: "issue" },
      { data: "letsencrypt.org", flags: 0, tag: "issue" },
      'IN CAA 0 issue "letsencrypt.org"',
    ],
    [{ type: "TXT", data: "v=spf1 -all" }, { data: "v=spf1 -all", name: "@" }, 'IN TXT "v=spf1 -all"'],
    [{ type: "AAAA", data: "2001:db8::1" }, { data: "2001:db8::1" }, "IN AAAA 2001:db8::1"],
  ];
  for (const [body, record, line] of stored) {
    it(`keep ${JSON.stringify(body)}`, async () => {
      const answer = await add(body);
      expect(answer.status).to.equal(201);
      expect(answer.body.domain_record).to.include(record);
      expect((await cloud.get("domains/trivet.test")).body.domain.zone_file).to.include(line);
      const patched = await cloud.patch(`domains/trivet.test/records/${answer.body.domain_record.id}`, { ttl: 300 });
      expect(patched.body.domain_record).to.include({ ...record, ttl: 300 });
    });
  }

  const refusals: Refusal[] = [
    { what: "an unknown type", body: { type: "LOC", data: "x" }, message: "type: must be one of A, AAAA" },
    { what: "an address that is none", body: { type: "A", data: "www" }, message: "data: is no address for A" },
    {
      what: "an IPv4 address for AAAA",
      body: { type: "AAAA", data: "192.0.2.1" },
      message: "data: is no address for AAAA",
    },
    {
      what: "a name without its dot",
      body: { type: "CNAME", data: "www.trivet.test" },
      message: "data: Data needs to end with a dot (.)",
    },
    { what: "MX without priority", body: { type: "MX", data: "mail." }, message: "priority: is required for MX" },
    {
      what: "too short a ttl",
      body: { type: "A", data: "192.0.2.1", ttl: 29 },
      message: "ttl: must be 30 seconds or more",
    },
  ];
  for (const { what, body, message } of refusals) {
    it(`refuse ${what}`, async () => {
      const answer = await add(body as object);
      expect([answer.status, answer.body.message]).to.deep.equal([422, answer.body.message]);
      expect(answer.body.message).to.include(message);
    });
  }
});
