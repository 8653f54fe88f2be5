import { expect } from "chai";
import { haproxyConfig, healthOf, startingState } from "../../../local/fabric/balancer-config";
import type { BalancerSpec } from "../../../local/fabric/types";

const files = { serverState: "/state/servers.state", socket: "/run/front.sock" };
const balancer: BalancerSpec = {
  id: "9f0a1c2e-aaaa-4bbb-8ccc-1234567890ab",
  name: "front",
  publicIp: "198.51.100.50",
  vpcId: "5a4981aa-9653-4bd1-bef5-d6bff52042e4",
  vpcIp: "10.0.0.50",
  proxyProtocol: true,
  idleTimeoutSeconds: 90,
  rules: [
    { entryPort: 80, targetPort: 80 },
    { entryPort: 443, targetPort: 8443 },
  ],
  healthCheck: {
    protocol: "http",
    port: 81,
    path: "/health",
    intervalSeconds: 3,
    timeoutSeconds: 4,
    unhealthyThreshold: 2,
    healthyThreshold: 5,
  },
  backends: [
    { machineId: 1, name: "a", privateIp: "10.0.0.1" },
    { machineId: 2, name: "b", privateIp: "10.0.0.2" },
  ],
};

const withCheck = (change: Partial<BalancerSpec["healthCheck"]>): BalancerSpec => ({
  ...balancer,
  healthCheck: { ...balancer.healthCheck, ...change },
});

/** The lines of one section of a configuration, without indentation. */
function section(config: string, title: string): string[] {
  const lines = config.split("\n");
  const start = lines.indexOf(title);
  expect(start, title).to.be.above(-1);
  return lines.slice(start + 1, lines.indexOf("", start)).map((line) => line.trim());
}

describe("the load balancer's configuration", () => {
  it("checks each droplet once, with DigitalOcean's windows, through the PROXY protocol", () => {
    expect(section(haproxyConfig(balancer, files), "backend health")).to.deep.equal([
      "timeout connect 4s",
      "timeout check 4s",
      "option httpchk GET /health",
      "http-check expect status 200-299",
      "server a 10.0.0.1:81 check inter 3s fall 2 rise 5 send-proxy check-send-proxy",
      "server b 10.0.0.2:81 check inter 3s fall 2 rise 5 send-proxy check-send-proxy",
    ]);
  });

  it("sends every rule's connections to the droplets that are healthy", () => {
    const config = haproxyConfig(balancer, files);
    expect(section(config, "frontend on-443")).to.deep.equal(["bind 198.51.100.50:443", "default_backend from-443"]);
    expect(section(config, "backend from-443")).to.deep.equal([
      "server a 10.0.0.1:8443 track health/a send-proxy",
      "server b 10.0.0.2:8443 track health/b send-proxy",
    ]);
    expect(section(config, "defaults")).to.include.members([
      "balance roundrobin",
      "timeout client 90s",
      "timeout server 90s",
    ]);
  });

  it("leaves the PROXY protocol out where it is not asked for", () => {
    expect(haproxyConfig({ ...balancer, proxyProtocol: false }, files)).not.to.contain("send-proxy");
  });

  it("checks by connecting, or over TLS without asking whose certificate it is", () => {
    expect(haproxyConfig(withCheck({ protocol: "tcp" }), files)).not.to.contain("httpchk");
    expect(haproxyConfig(withCheck({ protocol: "https" }), files)).to.contain("check-send-proxy check-ssl verify none");
  });

  it("refuses a path that would change its meaning", () => {
    for (const path of ["health", "/a b", "/a\nserver x 10.0.0.9:80", '/"', "/#"]) {
      expect(() => haproxyConfig(withCheck({ path }), files), path).to.throw(
        "must begin with / and hold no space or quote",
      );
    }
  });
});

describe("the load balancer's memory", () => {
  const running = "3 health 1 a 10.0.0.1 2 0 1 1 3 15 3 6 6 0 0 0 - 81 - 0 0 - - 0";
  const dump = `1\n# be_id be_name\n${running}\n4 from-80 1 a 10.0.0.1 2 0 1 1 3 1 0 0 0 0 0 0 - 80 - 0 0 - - 0\n\n`;
  const states = (state: string) =>
    Object.fromEntries(
      state
        .split("\n")
        .filter((line) => /^\d+ /.test(line))
        .map((line) => line.split(" "))
        .map((it) => [`${it[1]}/${it[3]}`, it[5]]),
    );

  it("holds every new droplet for down", () => {
    const down = {
      "health/a": "0",
      "health/b": "0",
      "from-80/a": "0",
      "from-80/b": "0",
      "from-443/a": "0",
      "from-443/b": "0",
    };
    expect(states(startingState(balancer, ""))).to.deep.equal(down);
    expect(startingState(balancer, "")).to.contain(
      "\n1 health 1 a 10.0.0.1 0 0 1 1 0 1 0 0 6 0 0 0 - 81 - 0 0 - - 0\n",
    );
  });

  it("keeps what it knew of a droplet", () => {
    const state = startingState(balancer, dump);
    expect(state).to.contain(running);
    expect(states(state)).to.include({ "health/a": "2", "from-80/a": "2", "health/b": "0", "from-443/a": "0" });
  });

  it("forgets a droplet that moved to another address, or whose port changed", () => {
    const moved = { ...balancer, backends: [{ machineId: 1, name: "a", privateIp: "10.0.0.9" }] };
    expect(states(startingState(moved, dump))).to.include({ "health/a": "0", "from-80/a": "0" });
    expect(states(startingState(withCheck({ port: 82 }), dump))).to.include({ "health/a": "0", "from-80/a": "2" });
  });

  it("says which droplets get connections", () => {
    const stopped = "3 health 2 b 10.0.0.2 0 0 1 1 3 15 3 0 6 0 0 0 - 81 - 0 0 - - 0";
    expect(healthOf(`${dump}${stopped}\n`)).to.deep.equal([
      { backend: "a", up: true },
      { backend: "b", up: false },
    ]);
  });
});
