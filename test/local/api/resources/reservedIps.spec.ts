import { expect } from "chai";
import { TestCloud } from "../testCloud";

describe("reserved IPs", () => {
  let cloud: TestCloud;
  let droplet: number;

  beforeEach(async () => {
    cloud = await new TestCloud().start();
    droplet = await cloud.droplet(await cloud.vpc());
  });
  afterEach(() => cloud.remove());

  const reserve = async () => (await cloud.post("reserved_ips", { region: "fra1" })).body.reserved_ip.ip as string;
  const act = (ip: string, body: object) => cloud.post(`reserved_ips/${ip}/actions`, body);

  it("are reserved, assigned, unassigned and given back", async () => {
    const ip = await reserve();
    const at = `reserved_ips/${ip}`;
    expect((await cloud.get(at)).body.reserved_ip).to.deep.include({
      ip: "198.51.100.11",
      droplet: null,
      locked: false,
    });

    const { status, body } = await act(ip, { type: "assign", droplet_id: droplet });
    expect(status).to.equal(201);
    expect(body.action).to.include({ status: "completed", type: "assign_ip", resource_type: "reserved_ip" });
    expect((await cloud.get(`${at}/actions/${body.action.id}`)).body).to.deep.equal(body);
    const held = (await cloud.get(at)).body.reserved_ip;
    expect([held.droplet.id, held.droplet.region.slug]).to.deep.equal([droplet, "fra1"]);

    expect((await act(ip, { type: "unassign" })).status).to.equal(201);
    expect((await cloud.get(at)).body.reserved_ip.droplet).to.equal(null);
    expect((await act(ip, { type: "unassign" })).status).to.equal(422);
    expect((await cloud.get(`${at}/actions`)).body.meta.total).to.equal(2);
    expect((await cloud.get("reserved_ips")).body.meta.total).to.equal(1);
    expect((await cloud.delete(at)).status).to.equal(204);
    expect((await cloud.get(at)).status).to.equal(404);
  });

  it("can be reserved for a droplet, and are free again when it is gone", async () => {
    const { status, body } = await cloud.post("reserved_ips", { droplet_id: droplet });
    expect([status, body.reserved_ip.droplet.id]).to.deep.equal([202, droplet]);
    await cloud.delete(`droplets/${droplet}`);
    await cloud.upkeep.idle();
    expect((await cloud.get(`reserved_ips/${body.reserved_ip.ip}`)).body.reserved_ip.droplet).to.equal(null);
  });

  it("refuse a second one for a droplet, unknown droplets and actions, and more than three", async () => {
    const [one, two] = [await reserve(), await reserve()];
    await act(one, { type: "assign", droplet_id: droplet });
    const second = await act(two, { type: "assign", droplet_id: droplet });
    expect([second.status, second.body.message]).to.deep.equal([
      422,
      "droplet_id: the droplet has a reserved IP already",
    ]);
    expect((await act(two, { type: "assign", droplet_id: 99 })).body.message).to.equal(
      "droplet_id: there is no droplet 99",
    );
    expect((await act(two, { type: "wave" })).status).to.equal(422);
    expect((await cloud.post("reserved_ips", {})).body.message).to.equal("give a region or a droplet_id");
    await reserve();
    const fourth = await cloud.post("reserved_ips", { region: "fra1" });
    expect([fourth.status, fourth.body.message]).to.deep.equal([422, "the account may have 3 reserved IPs at most"]);
  });
});
