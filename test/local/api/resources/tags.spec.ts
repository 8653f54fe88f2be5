import { expect } from "chai";
import { TestCloud } from "../testCloud";

describe("tags", () => {
  let cloud: TestCloud;
  beforeEach(async () => (cloud = await new TestCloud().start()));
  afterEach(() => cloud.remove());

  const count = async (name: string) => (await cloud.get(`tags/${name}`)).body.tag.resources.droplets.count as number;
  const resources = (id: number) => ({ resources: [{ resource_id: String(id), resource_type: "droplet" }] });

  it("are created once, however often", async () => {
    for (const name of ["web", "web", "WEB"]) {
      const { status, body } = await cloud.post("tags", { name });
      expect(status).to.equal(201);
      const none = { count: 0 };
      expect(body.tag).to.deep.equal({
        name: "web",
        resources: { count: 0, droplets: none, images: none, volumes: none, volume_snapshots: none, databases: none },
      });
    }
    expect((await cloud.get("tags")).body.meta.total).to.equal(1);
  });

  it("are put on and taken off droplets", async () => {
    const id = await cloud.droplet(await cloud.vpc());
    await cloud.post("tags", { name: "web" });
    expect((await cloud.post("tags/web/resources", resources(id))).status).to.equal(204);
    expect((await cloud.post("tags/web/resources", resources(id))).status).to.equal(204);
    expect((await cloud.get(`droplets/${id}`)).body.droplet.tags).to.deep.equal(["web"]);
    expect(await count("web")).to.equal(1);
    expect((await cloud.delete("tags/web/resources", resources(id))).status).to.equal(204);
    expect(await count("web")).to.equal(0);
  });

  it("leave everything when they are deleted", async () => {
    const id = await cloud.droplet(await cloud.vpc(), { tags: ["web"] });
    await cloud.post("firewalls", {
      name: "web",
      tags: ["web"],
      inbound_rules: [{ protocol: "tcp", ports: "22", sources: { tags: ["web"] } }],
    });
    expect(cloud.fabric.firewalls).to.have.length(1);
    expect((await cloud.delete("tags/web")).status).to.equal(204);
    expect((await cloud.get(`droplets/${id}`)).body.droplet.tags).to.deep.equal([]);
    expect(cloud.fabric.firewalls).to.deep.equal([]);
  });

  it("refuse bad names, unknown droplets, and other kinds of resources", async () => {
    const bad = await cloud.post("tags", { name: "a b" });
    expect([bad.status, bad.body.message]).to.deep.equal([
      422,
      "name: a tag has 1 to 255 letters, digits, colons, dashes and underscores",
    ]);
    await cloud.post("tags", { name: "web" });
    expect((await cloud.post("tags/web/resources", resources(99))).status).to.equal(404);
    const volume = await cloud.post("tags/web/resources", {
      resources: [{ resource_id: "1", resource_type: "volume" }],
    });
    expect([volume.status, volume.body.message]).to.deep.equal([
      422,
      "resources[0].resource_type: the local cloud tags droplets only, not volume",
    ]);
  });
});
