import { expect } from "chai";
import { TestCloud } from "../testCloud";

const wanted = { name: "trivet", description: "", purpose: "Web Application", environment: "production" };

describe("projects", () => {
  let cloud: TestCloud;
  let id: string;

  beforeEach(async () => {
    cloud = await new TestCloud().start();
    id = (await cloud.post("projects", wanted)).body.project.id as string;
  });
  afterEach(() => cloud.remove());

  const urnsOf = async (project: string) =>
    (await cloud.get(`projects/${project}/resources?per_page=200`)).body.resources.map(
      ({ urn }: { urn: string }) => urn,
    );

  it("are created, shown, changed and deleted", async () => {
    expect((await cloud.get(`projects/${id}`)).body.project).to.include({
      ...wanted,
      environment: "Production",
      is_default: false,
    });
    const changed = await cloud.patch(`projects/${id}`, { purpose: "Ballooning", environment: "Staging" });
    expect(changed.body.project).to.include({ name: "trivet", purpose: "Other: Ballooning", environment: "Staging" });
    expect((await cloud.get("projects")).body.meta.total).to.equal(2);
    expect((await cloud.delete(`projects/${id}`)).status).to.equal(204);
    expect((await cloud.get(`projects/${id}`)).status).to.equal(404);
  });

  it("hold what is put into them; the default one holds the rest", async () => {
    const droplet = `do:droplet:${await cloud.droplet(await cloud.vpc())}`;
    await cloud.post("domains", { name: "trivet.test" });
    expect(await urnsOf("default")).to.have.members([droplet, "do:domain:trivet.test"]);

    const assigned = await cloud.post(`projects/${id}/resources`, { resources: [droplet, "do:droplet:99"] });
    expect(assigned.body.resources.map(({ status }: { status: string }) => status)).to.deep.equal([
      "assigned",
      "not_found",
    ]);
    expect(await urnsOf(id)).to.deep.equal([droplet]);
    expect(await urnsOf("default")).to.deep.equal(["do:domain:trivet.test"]);

    const other = (await cloud.post("projects", { ...wanted, name: "other" })).body.project.id as string;
    await cloud.post(`projects/${other}/resources`, { resources: [droplet] });
    expect(await urnsOf(id)).to.deep.equal([]);
  });

  it("are not deleted with something in them", async () => {
    await cloud.post(`projects/${id}/resources`, { resources: ["do:space:backups"] });
    const refused = await cloud.delete(`projects/${id}`);
    expect([refused.status, refused.body.message]).to.deep.equal([412, "cannot delete a project with resources"]);
    const { body } = await cloud.get("projects/default");
    await cloud.post(`projects/${body.project.id}/resources`, { resources: ["do:space:backups"] });
    expect((await cloud.delete(`projects/${id}`)).status).to.equal(204);
    expect((await cloud.delete("projects/default")).status).to.equal(412);
  });

  it("are where a load balancer says that it is", async () => {
    const { body } = await cloud.post("load_balancers", {
      name: "front",
      region: "fra1",
      project_id: id,
      forwarding_rules: [{ entry_protocol: "tcp", entry_port: 80, target_protocol: "tcp", target_port: 80 }],
    });
    const balancer = body.load_balancer;
    expect(balancer.project_id).to.equal(id);
    expect(await urnsOf(id)).to.deep.equal([`do:loadbalancer:${balancer.id}`]);
    const standard = (await cloud.get("projects/default")).body.project.id as string;
    await cloud.post("projects/default/resources", { resources: [`do:loadbalancer:${balancer.id}`] });
    expect((await cloud.get(`load_balancers/${balancer.id}`)).body.load_balancer.project_id).to.equal(standard);
  });

  it("refuse an unknown environment, a name in use, and what is no urn", async () => {
    const environment = await cloud.post("projects", { ...wanted, name: "b", environment: "moon" });
    expect([environment.status, environment.body.message]).to.deep.equal([
      422,
      "environment: must be one of Development, Staging, Production",
    ]);
    expect((await cloud.post("projects", wanted)).status).to.equal(409);
    expect((await cloud.post(`projects/${id}/resources`, { resources: ["droplet 5"] })).status).to.equal(400);
  });
});
