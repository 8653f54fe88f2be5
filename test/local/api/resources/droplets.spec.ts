import { expect } from "chai";
import { dropletBody, TestCloud, type Refusal } from "../testCloud";
import { sshKeys } from "../../../support/sshKeys";

describe("droplets", () => {
  let cloud: TestCloud;
  beforeEach(async () => (cloud = await new TestCloud().start()));
  afterEach(() => cloud.remove());

  it("are new and locked first, active when their machine is", async () => {
    const vpcId = await cloud.vpc();
    const { public: publicKey } = sshKeys();
    await cloud.post("account/keys", { name: "me", public_key: publicKey });
    const { status, body } = await cloud.post("droplets", {
      ...dropletBody,
      vpc_uuid: vpcId,
      ssh_keys: [1],
      tags: ["web"],
      monitoring: true,
      user_data: "#cloud-config\n",
    });
    expect(status).to.equal(202);
    expect(body.droplet).to.include({
      id: 1,
      name: "anna",
      status: "new",
      locked: true,
      vpc_uuid: vpcId,
      memory: 1024,
    });
    expect(body.droplet.networks.v4).to.deep.equal([
      { ip_address: "10.10.0.2", netmask: "255.255.255.0", gateway: "10.10.0.1", type: "private" },
      { ip_address: "198.51.100.10", netmask: "255.255.255.0", gateway: "198.51.100.1", type: "public" },
    ]);
    expect(body.links.actions[0]).to.include({ id: 1, rel: "create" });

    await cloud.upkeep.idle();
    const { droplet } = (await cloud.get("droplets/1")).body;
    expect(droplet).to.include({ status: "active", locked: false, disk: 25, vcpus: 1, size_slug: "s-1vcpu-1gb" });
    expect(droplet).to.have.nested.property("region.slug", "fra1");
    expect(droplet).to.have.nested.property("size.price_monthly", 6);
    expect(droplet).to.have.nested.property("image.slug", "debian-13-x64");
    expect(droplet.features).to.include.members(["monitoring", "private_networking"]).and.not.include("backups");
    expect(droplet.networks.v6).to.deep.equal([]);
    expect((await cloud.get("actions/1")).body.action).to.include({
      status: "completed",
      type: "create",
      resource_id: 1,
    });
    expect((await cloud.get("tags/web")).body.tag.resources.count).to.equal(1);
    expect(cloud.fabric.machines.get(1)).to.deep.equal({
      id: 1,
      name: "anna",
      image: "debian-13-x64",
      memoryMiB: 1024,
      diskGiB: 25,
      vpcId,
      publicIp: "198.51.100.10",
      privateIp: "10.10.0.2",
      userData: "#cloud-config\n",
      publicKeys: [publicKey],
    });
  });

  it("have their firewall before their machine", async () => {
    const vpcId = await cloud.vpc();
    await cloud.post("tags", { name: "web" });
    const inbound = [{ protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } }];
    await cloud.post("firewalls", { name: "web", tags: ["web"], inbound_rules: inbound });
    await cloud.droplet(vpcId, { tags: ["web"] });
    const { calls } = cloud.fabric;
    expect(calls.lastIndexOf("setFirewalls")).to.be.greaterThan(0).and.lessThan(calls.indexOf("putMachine 1"));
    expect(cloud.fabric.firewalls[0]?.machineId).to.equal(1);
  });

  it("come in numbers, and are listed by tag and by name", async () => {
    const vpcId = await cloud.vpc();
    const { body } = await cloud.post("droplets", {
      ...dropletBody,
      name: undefined,
      names: ["anna", "bert"],
      vpc_uuid: vpcId,
      tags: ["a"],
    });
    expect(body.droplets.map(({ name }: { name: string }) => name)).to.deep.equal(["anna", "bert"]);
    await cloud.droplet(vpcId, { name: "anna", tags: ["b"] });
    const total = async (query: string) => (await cloud.get(`droplets?${query}`)).body.meta.total as number;
    expect([await total(""), await total("tag_name=a"), await total("name=anna"), await total("name=x")]).to.deep.equal(
      [3, 2, 2, 0],
    );
  });

  it("are gone when their machine is, and so is what pointed to them", async () => {
    const vpcId = await cloud.vpc();
    const id = await cloud.droplet(vpcId);
    const inbound = [{ protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } }];
    await cloud.post("firewalls", { name: "web", droplet_ids: [id], inbound_rules: inbound });
    const release = cloud.fabric.hold();
    expect((await cloud.delete(`droplets/${id}`)).status).to.equal(204);
    expect((await cloud.get(`droplets/${id}`)).body.droplet.locked).to.equal(true);
    release();
    await cloud.upkeep.idle();
    expect((await cloud.get(`droplets/${id}`)).status).to.equal(404);
    expect(cloud.fabric.machines.size).to.equal(0);
    expect(cloud.fabric.firewalls).to.deep.equal([]);
    expect(cloud.books.now.firewalls[0]?.dropletIds).to.deep.equal([]);
  });

  it("are deleted by tag", async () => {
    const vpcId = await cloud.vpc();
    await cloud.droplet(vpcId, { tags: ["old"] });
    await cloud.droplet(vpcId, { tags: ["new"] });
    expect((await cloud.delete("droplets?tag_name=old")).status).to.equal(204);
    await cloud.upkeep.idle();
    expect(cloud.books.now.droplets.map(({ id }) => id)).to.deep.equal([2]);
    expect((await cloud.delete("droplets")).status).to.equal(400);
  });

  it("do not get an address again while others are free", async () => {
    const vpcId = await cloud.vpc();
    const first = await cloud.droplet(vpcId);
    await cloud.delete(`droplets/${first}`);
    await cloud.upkeep.idle();
    await cloud.droplet(vpcId);
    expect(cloud.books.now.droplets[0]).to.include({ publicIp: "198.51.100.11", privateIp: "10.10.0.3" });
  });

  it("are refused when the VPC is full", async () => {
    const vpcId = await cloud.vpc("10.10.0.0/28");
    const names = Array.from({ length: 10 }, (_, index) => `node-${index}`);
    await cloud.post("droplets", { ...dropletBody, names, vpc_uuid: vpcId });
    const { status, body } = await cloud.post("droplets", {
      ...dropletBody,
      names: names.slice(0, 4),
      vpc_uuid: vpcId,
    });
    expect([status, body.message]).to.deep.equal([422, "vpc_uuid: every address of the VPC 10.10.0.0/28 is taken"]);
    expect(cloud.books.now.droplets).to.have.length(10);
  });

  it("are off, with an errored action and the reason in the log, if the machine cannot be made", async () => {
    const vpcId = await cloud.vpc();
    cloud.fabric.faults.set("putMachine", "no space left");
    const id = await cloud.droplet(vpcId);
    expect((await cloud.get(`droplets/${id}`)).body.droplet).to.include({ status: "off", locked: false });
    expect((await cloud.get("actions/1")).body.action)
      .to.include({ status: "errored" })
      .and.have.property("completed_at");
    expect(cloud.log).to.include("error droplet 1 (anna): no space left");
    await cloud.delete(`droplets/${id}`);
    await cloud.upkeep.idle();
    expect((await cloud.get(`droplets/${id}`)).status).to.equal(404);
  });

  const refusals: Refusal[] = [
    { what: "no name", body: { name: undefined }, message: "name: a name is required" },
    {
      what: "a name that no host can have",
      body: { name: "a_b" },
      message: "name: only letters, digits, dots and dashes",
    },
    { what: "an unknown region", body: { region: "mars1" }, message: "region: must be one of" },
    { what: "an unknown size", body: { size: "huge" }, message: "size: must be one of s-1vcpu-512mb-10gb" },
    {
      what: "another image",
      body: { image: "ubuntu-24-04-x64" },
      message: "boots debian-13-x64 only, not ubuntu-24-04-x64",
    },
    { what: "no image", body: { image: undefined }, message: "image: must be an image's slug or number" },
    { what: "an unknown key", body: { ssh_keys: [7] }, message: "ssh_keys: 7 are invalid key identifiers" },
    { what: "an unknown VPC", body: { vpc_uuid: "x" }, message: "vpc_uuid: there is no VPC x" },
    { what: "a VPC elsewhere", body: { region: "ams3" }, message: "vpc_uuid: the VPC is in fra1, not in ams3" },
    { what: "a bad tag", body: { tags: ["a b"] }, message: "tags[0]: a tag has" },
    {
      what: "too much user data",
      body: { user_data: "x".repeat(65537) },
      message: "user_data: user data may have 64 KiB",
    },
    { what: "IPv6", body: { ipv6: true }, message: "ipv6: IPv6 is not offered by the local cloud" },
  ];
  for (const { what, body, message } of refusals) {
    it(`refuse ${what}`, async () => {
      const vpcId = await cloud.vpc();
      const answer = await cloud.post("droplets", { ...dropletBody, vpc_uuid: vpcId, ...(body as object) });
      expect([answer.status, answer.body.id]).to.deep.equal([422, "unprocessable_entity"]);
      expect(answer.body.message).to.include(message);
      expect(cloud.books.now.droplets).to.deep.equal([]);
    });
  }

  it("take 64 KiB of user data, and the nulls of DigitalOcean's own client", async () => {
    const vpcId = await cloud.vpc();
    await cloud.droplet(vpcId, { user_data: "x".repeat(65536), ssh_keys: null, tags: null, volumes: null });
    expect(cloud.fabric.machines.get(1)?.userData).to.have.length(65536);
  });
});
