import { expect } from "chai";
import { dnsRecord } from "../../../../local/plugins/digitalocean/dnsRecord";
import { firewall } from "../../../../local/plugins/digitalocean/firewall";
import { loadBalancer } from "../../../../local/plugins/digitalocean/loadBalancer";
import { projectResources } from "../../../../local/plugins/digitalocean/projectResources";
import { reservedIpAssignment } from "../../../../local/plugins/digitalocean/reservedIpAssignment";
import { sshKey } from "../../../../local/plugins/digitalocean/sshKey";
import { vpc } from "../../../../local/plugins/digitalocean/vpc";
import { call } from "../support/call";
import { ScriptedApi } from "./scriptedApi";

const missing: [number, object] = [
  404,
  { id: "not_found", message: "The resource you were accessing could not be found." },
];
const done = { action: { id: 7, status: "completed", completed_at: "2026-11-21T08:00:00Z" } };

describe("the stand-in for digitalocean: the official calls", () => {
  const server = new ScriptedApi();
  const asked = () => server.calls.map(([line]) => line);
  before(() => server.start());
  after(() => server.stop());

  it("of a VPC, which waits until its members have left", async () => {
    const found = { id: "v1", urn: "do:vpc:v1", name: "n", description: "", region: "fra1", ip_range: "10.1.0.0/24" };
    const body = { vpc: { ...found, default: false, created_at: "2026-11-21T08:00:00.120Z" } };
    server.answers([201, body], body);
    const { id, state } = await vpc.create(
      { name: "n", region: "fra1", ipRange: "10.1.0.0/24" },
      call(server.client()),
    );
    expect(server.calls).to.deep.equal([
      ["POST /v2/vpcs", { name: "n", region: "fra1", ip_range: "10.1.0.0/24" }],
      ["GET /v2/vpcs/v1"],
    ]);
    expect(state).to.include({ vpcUrn: "do:vpc:v1", createdAt: "2026-11-21 08:00:00.12 +0000 UTC" });

    server.answers({}, body);
    await vpc.update?.(id, state, { name: "m", region: "fra1" }, call(server.client()));
    expect(server.calls[0]).to.deep.equal(["PUT /v2/vpcs/v1", { name: "m", description: "", default: false }]);

    server.answers([403, { message: "Can not delete VPC with members" }], [204]);
    await vpc.delete?.(id, state, call(server.client()));
    expect(asked()).to.deep.equal(["DELETE /v2/vpcs/v1", "DELETE /v2/vpcs/v1"]);
  });

  it("of a firewall, whose API says 0 for all ports and for none", async () => {
    const api = {
      id: "f1",
      name: "n",
      status: "succeeded",
      created_at: "2026-11-21T08:00:00Z",
      pending_changes: [],
      inbound_rules: [
        { protocol: "udp", ports: "0", sources: { tags: ["node"] } },
        { protocol: "icmp", ports: "0", sources: { addresses: ["10.0.0.0/8"] } },
      ],
      outbound_rules: [],
      droplet_ids: [],
      tags: ["node"],
    };
    const inboundRules = [
      { protocol: "udp", portRange: "all", sourceTags: ["node"] },
      { protocol: "icmp", sourceAddresses: ["10.0.0.0/8"] },
    ];
    server.answers([202, { firewall: api }], { firewall: api });
    const { state } = await firewall.create({ name: "n", inboundRules, tags: ["node"] }, call(server.client()));
    expect(server.calls).to.deep.equal([
      [
        "POST /v2/firewalls",
        {
          name: "n",
          inbound_rules: [
            { protocol: "udp", ports: "all", sources: { tags: ["node"] } },
            { protocol: "icmp", sources: { addresses: ["10.0.0.0/8"] } },
          ],
          outbound_rules: [],
          droplet_ids: [],
          tags: ["node"],
        },
      ],
      ["GET /v2/firewalls/f1"],
    ]);
    expect(state.inboundRules).to.deep.equal(inboundRules);

    server.answers(missing);
    expect(await firewall.delete?.("f1", state, call(server.client())).catch(String)).to.contain("404");
  });

  it("of a load balancer, whose update repeats what DigitalOcean chose", async () => {
    const api = {
      id: "l1",
      name: "n",
      ip: "203.0.113.9",
      status: "active",
      size_unit: 1,
      type: "REGIONAL",
      region: { slug: "fra1" },
      forwarding_rules: [
        { entry_protocol: "https", entry_port: 443, target_protocol: "https", target_port: 443, tls_passthrough: true },
      ],
      health_check: {
        protocol: "http",
        port: 80,
        path: "/",
        check_interval_seconds: 3,
        response_timeout_seconds: 3,
        unhealthy_threshold: 2,
        healthy_threshold: 2,
      },
      sticky_sessions: { type: "none" },
      droplet_ids: [101],
      tag: "node",
      redirect_http_to_https: false,
      enable_proxy_protocol: true,
      enable_backend_keepalive: false,
      http_idle_timeout_seconds: 60,
      vpc_uuid: "v1",
      project_id: "p1",
    };
    const inputs = {
      name: "n",
      region: "fra1",
      algorithm: "round_robin",
      dropletTag: "node",
      vpcUuid: "v1",
      enableProxyProtocol: true,
      forwardingRules: [
        { entryProtocol: "https", entryPort: 443, targetProtocol: "https", targetPort: 443, tlsPassthrough: true },
      ],
      healthcheck: {
        protocol: "http",
        port: 80,
        path: "/",
        checkIntervalSeconds: 3,
        responseTimeoutSeconds: 3,
        unhealthyThreshold: 2,
        healthyThreshold: 2,
      },
    };
    const { health_check, forwarding_rules } = api;
    const sent = {
      name: "n",
      region: "fra1",
      algorithm: "round_robin",
      forwarding_rules,
      health_check,
      tag: "node",
      enable_proxy_protocol: true,
      disable_lets_encrypt_dns_records: false,
      vpc_uuid: "v1",
    };
    server.answers([202, { load_balancer: { ...api, status: "new" } }], { load_balancer: api });
    const { state } = await loadBalancer.create(inputs, call(server.client()));
    expect(server.calls).to.deep.equal([["POST /v2/load_balancers", sent], ["GET /v2/load_balancers/l1"]]);
    expect(state).to.include({ ip: "203.0.113.9", loadBalancerUrn: "do:loadbalancer:l1", sizeUnit: 1 });

    server.answers({}, { load_balancer: api });
    await loadBalancer.update?.("l1", state, { ...inputs, enableProxyProtocol: false }, call(server.client()));
    // What is false is left out.
    const others: Partial<typeof sent> = { ...sent };
    delete others.enable_proxy_protocol;
    expect(server.calls[0]).to.deep.equal([
      "PUT /v2/load_balancers/l1",
      {
        ...others,
        size_unit: 1,
        type: "REGIONAL",
        sticky_sessions: { type: "none" },
        http_idle_timeout_seconds: 60,
        project_id: "p1",
      },
    ]);

    server.answers(missing);
    await loadBalancer.delete?.("l1", state, call(server.client()));
  });

  it("of a project's resources, which go to the default project when they leave", async () => {
    const held = { resources: [{ urn: "do:droplet:1" }, { urn: "do:droplet:9" }], links: {}, meta: { total: 2 } };
    server.answers({ project: { id: "p1" } }, {}, held);
    const client = server.client();
    const { state } = await projectResources.create({ project: "p1", resources: ["do:droplet:1"] }, call(client));
    expect(server.calls).to.deep.equal([
      ["GET /v2/projects/p1"],
      ["POST /v2/projects/p1/resources", { resources: ["do:droplet:1"] }],
      ["GET /v2/projects/p1/resources?page=1&per_page=200"],
    ]);
    expect(state.resources).to.deep.equal(["do:droplet:1"]);

    server.answers({ project: { id: "p1" } }, { project: { id: "p0" } }, {});
    await projectResources.delete?.("p1", state, call(client));
    expect(server.calls.slice(1)).to.deep.equal([
      ["GET /v2/projects/default"],
      ["POST /v2/projects/p0/resources", { resources: ["do:droplet:1"] }],
    ]);
  });

  it("of a reserved address, which waits for the droplet and takes nothing from another", async () => {
    server.answers({ actions: [] }, [201, done], done);
    const inputs = { ipAddress: "203.0.113.7", dropletId: 101 };
    const { state } = await reservedIpAssignment.create(inputs, call(server.client()));
    expect(server.calls).to.deep.equal([
      ["GET /v2/droplets/101/actions?per_page=50"],
      ["POST /v2/reserved_ips/203.0.113.7/actions", { type: "assign", droplet_id: 101 }],
      ["GET /v2/reserved_ips/203.0.113.7/actions/7"],
    ]);
    server.answers({ reserved_ip: { ip: "203.0.113.7", region: { slug: "fra1" }, droplet: { id: 102 } } });
    await reservedIpAssignment.delete?.("x", state, call(server.client()));
    expect(asked()).to.deep.equal(["GET /v2/reserved_ips/203.0.113.7"]);
  });

  it("of a DNS record, whose API tells names without the dot at their end", async () => {
    const record = {
      id: 5,
      type: "CNAME",
      name: "alias",
      data: "www.example.org",
      priority: null,
      port: null,
      ttl: 300,
    };
    const body = { domain_record: { ...record, weight: null, flags: null, tag: null } };
    server.answers([201, body], body);
    const inputs = { domain: "example.org", type: "CNAME", name: "alias", value: "www.example.org.", ttl: 300 };
    const { id, state } = await dnsRecord.create(inputs, call(server.client()));
    expect(server.calls[0]).to.deep.equal([
      "POST /v2/domains/example.org/records",
      { type: "CNAME", name: "alias", data: "www.example.org.", priority: 0, ttl: 300, weight: 0, flags: 0 },
    ]);
    expect(id).to.equal("5");
    expect(state).to.include({ value: "www.example.org.", fqdn: "alias.example.org" });
    expect(dnsRecord.check?.({ type: "MX" })).to.deep.equal(["`priority` is required for when type is `MX`"]);
  });

  it("of an SSH key, which is compared without the line's end", async () => {
    const key = { id: 512, name: "n", fingerprint: "aa:bb", public_key: "ssh-ed25519 AAAA" };
    server.answers([201, { ssh_key: key }], { ssh_key: key });
    const { id, state } = await sshKey.create({ name: "n", publicKey: "ssh-ed25519 AAAA\n" }, call(server.client()));
    expect(server.calls).to.deep.equal([
      ["POST /v2/account/keys", { name: "n", public_key: "ssh-ed25519 AAAA\n" }],
      ["GET /v2/account/keys/512"],
    ]);
    expect(id).to.equal("512");
    expect(sshKey.inputs.publicKey.toState?.("ssh-ed25519 AAAA\n")).to.equal(state.publicKey);
  });
});
