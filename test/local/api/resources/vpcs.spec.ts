import { expect } from "chai";
import { TestCloud, type Refusal } from "../testCloud";

const wanted = { name: "private", region: "fra1", ip_range: "10.10.0.0/24" };

describe("vpcs", () => {
  let cloud: TestCloud;
  beforeEach(async () => (cloud = await new TestCloud().start()));
  afterEach(() => cloud.remove());

  it("are created, shown, changed, listed and deleted", async () => {
    const { status, body } = await cloud.post("vpcs", { ...wanted, description: "of the cluster" });
    expect(status).to.equal(201);
    const { id, created_at: created } = (body as { vpc: { id: string; created_at: string } }).vpc;
    expect(body).to.deep.equal({
      vpc: {
        ...wanted,
        id,
        description: "of the cluster",
        urn: `do:vpc:${id}`,
        default: false,
        created_at: created,
      },
    });
    expect(Date.parse(created)).to.be.closeTo(Date.now(), 5000);
    expect(cloud.fabric.vpcs.get(id)).to.deep.equal({ id, ipRange: "10.10.0.0/24" });

    const changed = await cloud.put(`vpcs/${id}`, { name: "inner", description: "", default: false });
    expect(changed.body).to.nested.include({ "vpc.name": "inner", "vpc.description": "" });
    expect((await cloud.get(`vpcs/${id}`)).body).to.deep.equal(changed.body);
    expect((await cloud.get("vpcs")).body).to.have.nested.property("meta.total", 1);

    expect((await cloud.delete(`vpcs/${id}`)).status).to.equal(204);
    expect((await cloud.get(`vpcs/${id}`)).status).to.equal(404);
    expect(cloud.fabric.vpcs.size).to.equal(0);
  });

  it("get a free /20 if they ask for no range", async () => {
    const range = async (name: string) =>
      (await cloud.post("vpcs", { name, region: "fra1" })).body.vpc.ip_range as string;
    expect([await range("one"), await range("two")]).to.deep.equal(["10.100.0.0/20", "10.100.16.0/20"]);
  });

  const refusals: Refusal[] = [
    { what: "no name", body: { region: "fra1" }, message: "name: " },
    {
      what: "a name with a space",
      body: { ...wanted, name: "a b" },
      message: "name: only letters, digits, dashes and dots",
    },
    { what: "an unknown region", body: { ...wanted, region: "mars1" }, message: "region: must be one of ams3, fra1" },
    { what: "no range at all", body: { ...wanted, ip_range: "ten" }, message: "ip_range: ten is not an IPv4 range" },
    {
      what: "a public range",
      body: { ...wanted, ip_range: "8.8.8.0/24" },
      message: "ip_range: 8.8.8.0/24 is not within",
    },
    { what: "too large a range", body: { ...wanted, ip_range: "10.0.0.0/15" }, message: "between /16 and /28" },
    { what: "too small a range", body: { ...wanted, ip_range: "10.0.0.0/29" }, message: "between /16 and /28" },
    {
      what: "a host's address",
      body: { ...wanted, ip_range: "10.0.0.5/24" },
      message: "must begin at its first address: 10.0.0.0/24",
    },
    {
      what: "a reserved range",
      body: { ...wanted, ip_range: "10.244.3.0/24" },
      message: "is reserved by DigitalOcean",
    },
  ];
  for (const { what, body, message } of refusals) {
    it(`refuse ${what}`, async () => {
      const answer = await cloud.post("vpcs", body);
      expect(answer.status).to.equal(422);
      expect(answer.body.id).to.equal("unprocessable_entity");
      expect(answer.body.message).to.include(message);
      expect(cloud.books.now.vpcs).to.deep.equal([]);
    });
  }

  it("may neither overlap nor share a name", async () => {
    await cloud.vpc();
    const overlapping = await cloud.post("vpcs", { ...wanted, name: "other", ip_range: "10.10.0.128/25" });
    expect(overlapping.body.message).to.include("overlaps with another VPC network");
    const sameName = await cloud.post("vpcs", { ...wanted, ip_range: "10.11.0.0/24" });
    expect([sameName.status, sameName.body.id]).to.deep.equal([409, "conflict"]);
  });

  it("cannot be deleted with members, and tell who these are", async () => {
    const vpcId = await cloud.vpc();
    const id = await cloud.droplet(vpcId);
    const refused = await cloud.delete(`vpcs/${vpcId}`);
    expect([refused.status, refused.body.id, refused.body.message]).to.deep.equal([
      403,
      "forbidden",
      "Can not delete VPC with members",
    ]);
    expect((await cloud.get(`vpcs/${vpcId}/members`)).body.members[0].urn).to.equal(`do:droplet:${id}`);
    await cloud.delete(`droplets/${id}`);
    await cloud.upkeep.idle();
    expect((await cloud.delete(`vpcs/${vpcId}`)).status).to.equal(204);
  });

  it("cannot be deleted while they are a region's default", async () => {
    await cloud.droplet(undefined as never);
    const vpc = cloud.books.now.vpcs[0];
    expect(vpc).to.include({ isDefault: true, name: "default-fra1" });
    const refused = await cloud.delete(`vpcs/${vpc?.id}`);
    expect([refused.status, refused.body.message]).to.deep.equal([403, "Can not delete default VPCs"]);
  });

  it("are not in the books if the host cannot make them", async () => {
    cloud.fabric.faults.set("putVpc", "no bridge");
    const { status, body } = await cloud.post("vpcs", wanted);
    expect([status, body.message]).to.deep.equal([
      422,
      "The local cloud could not make the VPC 10.10.0.0/24: no bridge",
    ]);
    expect(cloud.books.now.vpcs).to.deep.equal([]);
  });
});
