import { expect } from "chai";
import { TestCloud, type Refusal } from "../testCloud";

const http = { entry_protocol: "tcp", entry_port: 80, target_protocol: "tcp", target_port: 80 };
const https = {
  entry_protocol: "https",
  entry_port: 443,
  target_protocol: "https",
  target_port: 443,
  tls_passthrough: true,
};
const health = {
  protocol: "http",
  port: 80,
  path: "/",
  check_interval_seconds: 3,
  response_timeout_seconds: 3,
  unhealthy_threshold: 2,
  healthy_threshold: 2,
};
const wanted = { name: "front", region: "fra1", forwarding_rules: [http, https], health_check: health };

describe("load balancers", () => {
  let cloud: TestCloud;
  let vpcId: string;

  beforeEach(async () => {
    cloud = await new TestCloud().start();
    vpcId = await cloud.vpc();
  });
  afterEach(() => cloud.remove());

  it("are active with an address in the answer, which is complete", async () => {
    const body = { ...wanted, vpc_uuid: vpcId, tag: "web", enable_proxy_protocol: true, sticky_sessions: {} };
    const { status, body: answer } = await cloud.post("load_balancers", body);
    expect(status).to.equal(202);
    const balancer = answer.load_balancer;
    expect(balancer).to.deep.include({
      name: "front",
      ip: "198.51.100.10",
      status: "active",
      size_unit: 1,
      type: "REGIONAL",
      algorithm: "round_robin",
      health_check: health,
      sticky_sessions: { type: "none" },
      http_idle_timeout_seconds: 60,
      enable_proxy_protocol: true,
      redirect_http_to_https: false,
      vpc_uuid: vpcId,
      tag: "web",
      droplet_ids: [],
    });
    expect(balancer.region.slug).to.equal("fra1");
    expect(balancer.forwarding_rules[0]).to.deep.equal({ ...http, certificate_id: "", tls_passthrough: false });
    expect(balancer.forwarding_rules[1]).to.deep.equal({ ...https, certificate_id: "" });
    expect((await cloud.get(`load_balancers/${balancer.id}`)).body).to.deep.equal(answer);
    expect((await cloud.get("load_balancers")).body.load_balancers).to.deep.equal([balancer]);
    expect(cloud.fabric.balancers.get(balancer.id as string)).to.deep.equal({
      id: balancer.id,
      name: "front",
      publicIp: "198.51.100.10",
      vpcId,
      vpcIp: "10.10.0.2",
      proxyProtocol: true,
      idleTimeoutSeconds: 60,
      rules: [
        { entryPort: 80, targetPort: 80 },
        { entryPort: 443, targetPort: 443 },
      ],
      healthCheck: {
        protocol: "http",
        port: 80,
        path: "/",
        intervalSeconds: 3,
        timeoutSeconds: 3,
        unhealthyThreshold: 2,
        healthyThreshold: 2,
      },
      backends: [],
    });
  });

  it("follow their tag", async () => {
    const { body } = await cloud.post("load_balancers", { ...wanted, vpc_uuid: vpcId, tag: "web" });
    const { id } = body.load_balancer;
    const backends = () => cloud.fabric.balancers.get(id as string)?.backends.map(({ name }) => name);
    const anna = await cloud.droplet(vpcId, { tags: ["web"] });
    const berta = await cloud.droplet(vpcId, { name: "berta" });
    await cloud.droplet(await cloud.vpc("10.20.0.0/24", "elsewhere"), { name: "carl", tags: ["web"] });
    expect(backends()).to.deep.equal(["anna"]);
    await cloud.post("tags/web/resources", { resources: [{ resource_id: `${berta}`, resource_type: "droplet" }] });
    expect(backends()).to.deep.equal(["anna", "berta"]);
    expect((await cloud.get(`load_balancers/${id}`)).body.load_balancer.droplet_ids).to.deep.equal([anna, berta]);
    await cloud.delete(`droplets/${anna}`);
    await cloud.upkeep.idle();
    expect(backends()).to.deep.equal(["berta"]);
  });

  it("are replaced in full by PUT, and keep their addresses", async () => {
    const id = await cloud.droplet(vpcId);
    const { body } = await cloud.post("load_balancers", {
      ...wanted,
      vpc_uuid: vpcId,
      droplet_ids: [id],
      enable_proxy_protocol: true,
      http_idle_timeout_seconds: 120,
    });
    const put = await cloud.put(`load_balancers/${body.load_balancer.id}`, {
      ...wanted,
      health_check: { protocol: "tcp" },
    });
    expect(put.body.load_balancer).to.deep.include({
      ip: body.load_balancer.ip,
      enable_proxy_protocol: false,
      http_idle_timeout_seconds: 60,
      droplet_ids: [],
      health_check: {
        protocol: "tcp",
        port: 80,
        check_interval_seconds: 10,
        response_timeout_seconds: 5,
        unhealthy_threshold: 5,
        healthy_threshold: 3,
      },
    });
    const spec = cloud.fabric.balancers.get(body.load_balancer.id as string);
    expect(spec).to.deep.include({ proxyProtocol: false, backends: [], vpcIp: "10.10.0.3" });
    expect(spec?.healthCheck).to.not.have.property("path");
  });

  it("count as their VPC's members until they are deleted", async () => {
    const { body } = await cloud.post("load_balancers", { ...wanted, vpc_uuid: vpcId });
    expect((await cloud.delete(`vpcs/${vpcId}`)).status).to.equal(403);
    expect((await cloud.delete(`load_balancers/${body.load_balancer.id}`)).status).to.equal(204);
    expect((await cloud.get(`load_balancers/${body.load_balancer.id}`)).status).to.equal(404);
    expect(cloud.fabric.balancers.size).to.equal(0);
    expect((await cloud.delete(`vpcs/${vpcId}`)).status).to.equal(204);
  });

  it("are not in the books if the host cannot make them", async () => {
    cloud.fabric.faults.set("putBalancer", "no proxy");
    const { status, body } = await cloud.post("load_balancers", { ...wanted, vpc_uuid: vpcId });
    expect([status, body.message]).to.deep.equal([
      422,
      "The local cloud could not set up the load balancer front: no proxy",
    ]);
    expect(cloud.books.now.balancers).to.deep.equal([]);
  });

  const rules = (more: object) => ({ forwarding_rules: [{ ...http, ...more }] });
  const check = (more: object) => ({ health_check: { ...health, ...more } });
  const refusals: Refusal[] = [
    { what: "no rules", body: { forwarding_rules: [] }, message: "forwarding_rules: at least one rule is required" },
    { what: "a port out of range", body: rules({ entry_port: 0 }), message: "forwarding_rules[0].entry_port: " },
    { what: "a port used twice", body: { forwarding_rules: [http, http] }, message: "entry_port 80 is used twice" },
    {
      what: "udp",
      body: rules({ entry_protocol: "udp" }),
      message: "forwarding_rules[0].entry_protocol: must be one of",
    },
    { what: "https that ends here", body: rules({ entry_protocol: "https" }), message: "https needs tls_passthrough" },
    {
      what: "passthrough of what is plain",
      body: rules({ tls_passthrough: true }),
      message: "tls_passthrough is for https",
    },
    {
      what: "too short an interval",
      body: check({ check_interval_seconds: 2 }),
      message: "health_check.check_interval_seconds: ",
    },
    {
      what: "too long a timeout",
      body: check({ response_timeout_seconds: 301 }),
      message: "health_check.response_timeout_seconds: ",
    },
    {
      what: "one failure only",
      body: check({ unhealthy_threshold: 1 }),
      message: "health_check.unhealthy_threshold: ",
    },
    { what: "too many successes", body: check({ healthy_threshold: 11 }), message: "health_check.healthy_threshold: " },
    {
      what: "a path for tcp",
      body: check({ protocol: "tcp" }),
      message: "health_check.path: path is not allowed for tcp",
    },
    {
      what: "another check",
      body: check({ protocol: "icmp" }),
      message: "health_check.protocol: must be http, https or tcp",
    },
    { what: "tag and droplets", body: { tag: "web", droplet_ids: [1] }, message: "droplet_ids: give either" },
    { what: "an unknown droplet", body: { droplet_ids: [99] }, message: "droplet_ids: there is no droplet 99" },
    { what: "an unknown VPC", body: { vpc_uuid: "x" }, message: "vpc_uuid: there is no VPC x" },
    { what: "an unknown project", body: { project_id: "x" }, message: "project_id: there is no project x" },
    { what: "sticky sessions", body: { sticky_sessions: { type: "cookies" } }, message: "sticky_sessions.type: " },
    {
      what: "too short an idle timeout",
      body: { http_idle_timeout_seconds: 29 },
      message: "http_idle_timeout_seconds: ",
    },
  ];
  for (const { what, body, message } of refusals) {
    it(`refuse ${what}`, async () => {
      const answer = await cloud.post("load_balancers", { ...wanted, vpc_uuid: vpcId, ...(body as object) });
      expect([answer.status, answer.body.id]).to.deep.equal([422, "unprocessable_entity"]);
      expect(answer.body.message).to.include(message);
      expect(cloud.books.now.balancers).to.deep.equal([]);
    });
  }
});
