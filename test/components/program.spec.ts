import { expect } from "chai";
import { holdsSecret, isSecret, runProgram, type Run } from "../support/program";

const names = ["ash", "birch", "cedar"];

describe("the program", function () {
  this.timeout(60_000);
  let run: Run;
  before(async () => {
    run = await runProgram("local");
  });

  it("builds every node of the same roles in the same order", () => {
    const order = ["ready", "base", "secrets", "iptables", "nodejs", "postgres", "agent"];
    for (const node of names) {
      for (let at = 1; at < order.length; at++)
        expect(run.follows(`${node}-${order[at]}`, `${node}-${order[at - 1]}`), `${node}: ${order[at]}`).to.equal(true);
      expect(run.follows(`${node}-nginx`, `${node}-certificate`)).to.equal(true);
      expect(run.follows(`${node}-certificate`, `${node}-app`)).to.equal(true);
      expect(run.follows(`${node}-app`, `${node}-pgbouncer`)).to.equal(true);
    }
  });

  it("clones no standby before the primary is probed, and one after the other", () => {
    expect(run.follows("birch-standby", "ash-primary")).to.equal(true);
    expect(run.follows("cedar-standby", "birch-standby")).to.equal(true);
    expect(run.follows("birch-standby", "birch-agent")).to.equal(true);
    expect(run.resources.filter((resource) => resource.name.endsWith("-primary"))).to.have.length(2); // role and command
  });

  it("starts no cluster before every data node's agent can say that it has nothing", () => {
    for (const node of names) expect(run.follows("ash-primary", `${node}-agent`)).to.equal(true);
  });

  it("has the agents of the nodes at the end of the shape, which may be new, before those that count on them", () => {
    expect(run.follows("ash-agent", "birch-agent")).to.equal(true);
    expect(run.follows("birch-agent", "cedar-agent")).to.equal(true);
  });

  it("sends a node the agent's program before the role that runs it, by its hash", () => {
    for (const node of names) {
      const sent = "command:remote:CopyToRemote";
      expect(run.follows(`${node}-agent`, `${node}-agent-program`, sent)).to.equal(true);
      const [droplet, sha256] = run.named(`${node}-agent-program`, sent).inputs.triggers as string[];
      expect(droplet).to.equal(`${node}-id`);
      expect(sha256).to.match(/^[0-9a-f]{64}$/);
    }
  });

  it("starts no sentinel before every redis, and no replica before the master", () => {
    expect(run.follows("birch-redis", "ash-redis")).to.equal(true);
    for (const node of names)
      for (const other of names) expect(run.follows(`${node}-sentinel`, `${other}-redis`)).to.equal(true);
  });

  it("lets nodes be built side by side", () => {
    expect(run.follows("birch-nodejs", "ash-base")).to.equal(false);
    expect(run.follows("ash-postgres", "birch-ready")).to.equal(false);
  });

  it("has the firewall before any droplet, by tag", () => {
    const firewall = run.named("trivet-local", "digitalocean:index/firewall:Firewall");
    for (const node of names) {
      const droplet = run.named(node, "digitalocean:index/droplet:Droplet");
      expect(droplet.dependsOn).to.include(firewall.urn);
      expect(droplet.inputs.tags).to.deep.equal(firewall.inputs.tags);
    }
  });

  it("opens SSH to the world, the web to the balancer, the stores to the VPC, and nothing else", () => {
    const { inputs } = run.named("trivet-local", "digitalocean:index/firewall:Firewall");
    const rules = (inputs.inboundRules as Record<string, unknown>[]).map(
      (rule) =>
        `${String(rule.protocol)} ${String(rule.portRange)} ${JSON.stringify(rule.sourceAddresses ?? rule.sourceLoadBalancerUids)}`,
    );
    expect(rules).to.deep.equal([
      'tcp 22 ["0.0.0.0/0","::/0"]',
      'tcp 80 ["trivet-local-id"]',
      'tcp 443 ["trivet-local-id"]',
      'tcp 8443 ["10.22.0.0/24"]',
      'tcp 5432 ["10.22.0.0/24"]',
      'tcp 7400 ["10.22.0.0/24"]',
      'tcp 6379 ["10.22.0.0/24"]',
      'tcp 26379 ["10.22.0.0/24"]',
      'icmp undefined ["10.22.0.0/24"]',
    ]);
  });

  it("passes TLS through and asks for health by all five fields", () => {
    const { inputs } = run.named("trivet-local", "digitalocean:index/loadBalancer:LoadBalancer");
    expect(inputs.enableProxyProtocol).to.equal(true);
    expect(inputs.forwardingRules).to.deep.include({
      entryPort: 443,
      entryProtocol: "https",
      targetPort: 443,
      targetProtocol: "https",
      tlsPassthrough: true,
    });
    expect(inputs.healthcheck).to.have.all.keys(
      "protocol",
      "port",
      "path",
      "checkIntervalSeconds",
      "responseTimeoutSeconds",
      "unhealthyThreshold",
      "healthyThreshold",
    );
  });

  it("names droplets by stack and node", () => {
    const droplets = run.resources.filter((resource) => resource.type === "digitalocean:index/droplet:Droplet");
    expect(droplets.map((droplet) => droplet.inputs.name)).to.have.members(names.map((name) => `trivet-local-${name}`));
  });

  it("protects prod's droplets, and only prod's", async () => {
    const prod = await runProgram("prod", { "trivet:domain": "app.trivet.test" });
    const droplet = (of: Run) => of.named("ash", "digitalocean:index/droplet:Droplet").protect;
    expect(droplet(prod)).to.equal(true);
    expect(droplet(run)).to.equal(false);
  });

  describe("secrets", () => {
    it("are in no command line, trigger, environment or plain input", () => {
      for (const resource of run.resources) {
        for (const [key, value] of Object.entries(resource.raw)) {
          if (["create", "update", "delete", "triggers", "environment", "name"].includes(key))
            expect(holdsSecret(JSON.stringify(value)), `${resource.name}.${key}`).to.equal(false);
          if (holdsSecret(JSON.stringify(value)))
            expect(onlyWithinSecrets(value), `${resource.name}.${key}`).to.equal(true);
        }
      }
    });

    it("reach a node only by the role secrets, in a stdin that is secret", () => {
      const holders = run.resources.filter(
        ({ type, inputs }) => type === "command:remote:Command" && holdsSecret(String(inputs.stdin)),
      );
      expect(holders.map(({ name }) => name)).to.have.members(names.map((name) => `${name}-secrets`));
      for (const { raw, inputs } of holders) {
        expect(isSecret(raw.stdin)).to.equal(true);
        expect(inputs.logging).to.equal("none");
      }
    });

    it("leave every other role's script readable", () => {
      const scripts = run.resources.filter(
        ({ type, name }) => type === "command:remote:Command" && !name.endsWith("-secrets"),
      );
      expect(scripts.length).to.be.greaterThan(30);
      for (const { raw, name } of scripts) expect(raw.stdin, name).to.be.a("string");
    });

    it("change the digest that makes their users run again", async () => {
      const again = await runProgram("local", { "trivet:appEnv": JSON.stringify({ COLOUR: "green" }) });
      const differing = run.resources
        .filter(({ type }) => type === "command:remote:Command")
        .filter(({ name, inputs }) => again.named(name).inputs.stdin !== inputs.stdin)
        .map(({ name }) => name);
      expect(differing).to.have.members(names.flatMap((name) => [`${name}-secrets`, `${name}-app`]));
    });
  });

  it("shows outputs in their documented form, the key among them as a secret", () => {
    expect(run.outputs).to.deep.include({
      schemaVersion: 1,
      url: "https://app.trivet.test",
      domains: ["app.trivet.test", "www.trivet.test", "admin.trivet.test"],
      sites: { main: "app.trivet.test", www: "www.trivet.test", admin: "admin.trivet.test" },
      loadBalancerIp: "198.51.100.9",
      sshUser: "root",
      deployPrivateKey: { secret: true },
      monthlyCostUsd: 30,
    });
    expect(run.outputs.nodes).to.have.length(3);
    expect((run.outputs.nodes as object[])[0]).to.have.all.keys("name", "publicIp", "privateIp");
    expect(run.outputs.appEnv).to.include.members(["DATABASE_URL", "REDIS_SENTINELS"]);
    expect(JSON.stringify(run.outputs)).to.satisfy((text: string) => !holdsSecret(text));
  });

  for (const setting of ["uploadLimitMiB", "requestsPerSecond", "connectionsPerClient"])
    it(`changes nginx and nothing else for ${setting}`, async () => {
      const again = await runProgram("local", { [`trivet:${setting}`]: "77" });
      const differing = run.resources.filter(
        ({ type, name, inputs }) =>
          type === "command:remote:Command" && again.named(name).inputs.stdin !== inputs.stdin,
      );
      expect(differing.map(({ name }) => name)).to.have.members(names.map((name) => `${name}-nginx`));
    });

  it("sets a replaced droplet up again", () => {
    for (const { name, inputs } of run.resources.filter(({ type }) => type === "command:remote:Command"))
      expect(inputs.stdin, name).to.include(`${name.split("-")[0]}-id`);
  });
});

/** Whether every marked text lies inside a secret's wrapping. */
function onlyWithinSecrets(value: unknown): boolean {
  if (isSecret(value)) return true;
  if (typeof value === "string") return !holdsSecret(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(onlyWithinSecrets);
}
