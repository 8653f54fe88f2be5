import { expect } from "chai";
import { TestCloud, type Refusal } from "../testCloud";

const anywhere = { addresses: ["0.0.0.0/0", "::/0"] };
const ssh = { protocol: "tcp", ports: "22", sources: anywhere };
const wanted = { name: "web", inbound_rules: [ssh], outbound_rules: null, droplet_ids: [], tags: [] as string[] };

describe("firewalls", () => {
  let cloud: TestCloud;
  beforeEach(async () => (cloud = await new TestCloud().start()));
  afterEach(() => cloud.remove());

  it("are created, shown, replaced in full and deleted", async () => {
    const inbound = [
      ssh,
      { protocol: "udp", ports: "all", sources: anywhere },
      { protocol: "icmp", sources: anywhere },
    ];
    const { status, body } = await cloud.post("firewalls", { ...wanted, inbound_rules: inbound });
    expect(status).to.equal(202);
    const { id } = body.firewall;
    expect(body.firewall).to.deep.include({
      name: "web",
      status: "succeeded",
      pending_changes: [],
      outbound_rules: [],
    });
    expect(body.firewall.inbound_rules).to.deep.equal([
      ssh,
      { protocol: "udp", ports: "0", sources: anywhere },
      { protocol: "icmp", ports: "0", sources: anywhere },
    ]);
    expect((await cloud.get(`firewalls/${id}`)).body).to.deep.equal(body);

    const outbound = [{ protocol: "tcp", ports: "1-65535", destinations: anywhere }];
    const replaced = await cloud.put(`firewalls/${id}`, { name: "out", outbound_rules: outbound });
    expect(replaced.status).to.equal(200);
    expect(replaced.body.firewall).to.deep.include({ name: "out", inbound_rules: [], outbound_rules: outbound });
    expect((await cloud.get("firewalls")).body.firewalls).to.deep.equal([replaced.body.firewall]);

    expect((await cloud.delete(`firewalls/${id}`)).status).to.equal(204);
    expect((await cloud.get(`firewalls/${id}`)).status).to.equal(404);
  });

  it("are in force before the answer, and follow tags, rules and droplets", async () => {
    const vpcId = await cloud.vpc();
    const [anna, berta] = [await cloud.droplet(vpcId), await cloud.droplet(vpcId, { name: "berta" })];
    await cloud.post("tags", { name: "web" });
    const rule = { protocol: "tcp", ports: "5432", sources: { tags: ["web"] } };
    const { body } = await cloud.post("firewalls", { ...wanted, inbound_rules: [rule], droplet_ids: [anna] });
    expect(cloud.fabric.firewalls).to.deep.equal([
      { machineId: anna, inbound: [{ protocol: "tcp", ports: "5432", addresses: [] }], outbound: [] },
    ]);

    await cloud.post("tags/web/resources", { resources: [{ resource_id: String(berta), resource_type: "droplet" }] });
    expect(cloud.fabric.firewalls[0]?.inbound[0]?.addresses).to.deep.equal(["10.10.0.3", "198.51.100.11"]);

    await cloud.put(`firewalls/${body.firewall.id}`, { ...wanted, tags: ["web"] });
    expect(cloud.fabric.firewalls.map(({ machineId }) => machineId)).to.deep.equal([berta]);

    await cloud.delete(`firewalls/${body.firewall.id}`);
    expect(cloud.fabric.firewalls).to.deep.equal([]);
  });

  it("let a balancer in by its VPC address, once it is there", async () => {
    const vpcId = await cloud.vpc();
    const balancer = await cloud.post("load_balancers", {
      name: "front",
      region: "fra1",
      vpc_uuid: vpcId,
      forwarding_rules: [{ entry_protocol: "tcp", entry_port: 80, target_protocol: "tcp", target_port: 80 }],
    });
    const id = await cloud.droplet(vpcId);
    const sources = { load_balancer_uids: [balancer.body.load_balancer.id] };
    await cloud.post("firewalls", {
      ...wanted,
      inbound_rules: [{ protocol: "tcp", ports: "80", sources }],
      droplet_ids: [id],
    });
    expect(cloud.fabric.firewalls[0]?.inbound[0]?.addresses).to.deep.equal(["10.10.0.2"]);
  });

  it("are not told to the host again when nothing has changed for it", async () => {
    cloud.fabric.calls.length = 0;
    await cloud.post("firewalls", wanted);
    expect(cloud.fabric.calls).to.deep.equal([]);
  });

  it("are not in the books if the host cannot apply them", async () => {
    const id = await cloud.droplet(await cloud.vpc());
    cloud.fabric.faults.set("setFirewalls", "syntax");
    const { status, body } = await cloud.post("firewalls", { ...wanted, droplet_ids: [id] });
    expect([status, body.message]).to.deep.equal([422, "The local cloud could not apply the firewalls: syntax"]);
    expect(cloud.books.now.firewalls).to.deep.equal([]);
  });

  it("have names of their own", async () => {
    await cloud.post("firewalls", wanted);
    const again = await cloud.post("firewalls", wanted);
    expect([again.status, again.body.id, again.body.message]).to.deep.equal([409, "conflict", "duplicate name"]);
  });

  const rule = (more: object) => ({ inbound_rules: [{ ...ssh, ...more }] });
  const refusals: Refusal[] = [
    { what: "a name with an underscore", body: { name: "a_b" }, message: "name: two or more letters" },
    { what: "no rules", body: { inbound_rules: [] }, message: "1 to 50 rules are wanted" },
    {
      what: "another protocol",
      body: rule({ protocol: "gre" }),
      message: "inbound_rules[0].protocol: must be tcp, udp or icmp",
    },
    {
      what: "tcp without ports",
      body: rule({ ports: undefined }),
      message: "inbound_rules[0].ports: ports are required",
    },
    { what: "a port out of range", body: rule({ ports: "70000" }), message: "inbound_rules[0].ports: must be a port" },
    {
      what: "a range the wrong way",
      body: rule({ ports: "90-80" }),
      message: "inbound_rules[0].ports: must be a port",
    },
    { what: "no sources", body: rule({ sources: {} }), message: "inbound_rules[0].sources: at least one of" },
    { what: "sources left out", body: rule({ sources: undefined }), message: "inbound_rules[0].sources: " },
    {
      what: "an address that is none",
      body: rule({ sources: { addresses: ["10.0.0.0/8", "home"] } }),
      message: "inbound_rules[0].sources.addresses[1]: must be an address",
    },
    { what: "a tag that is not there", body: { tags: ["none"] }, message: "tags: there is no tag none" },
    {
      what: "a rule's tag that is not there",
      body: rule({ sources: { tags: ["none"] } }),
      message: "there is no tag none",
    },
    { what: "a droplet that is not there", body: { droplet_ids: [7] }, message: "droplet_ids: there is no droplet 7" },
  ];
  for (const { what, body, message } of refusals) {
    it(`refuse ${what}`, async () => {
      const answer = await cloud.post("firewalls", { ...wanted, ...(body as object) });
      expect([answer.status, answer.body.id]).to.deep.equal([422, "unprocessable_entity"]);
      expect(answer.body.message).to.include(message);
      expect(cloud.books.now.firewalls).to.deep.equal([]);
    });
  }
});
