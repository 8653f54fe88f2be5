import { expect } from "chai";
import { compileFirewalls } from "../../../local/api/firewallRules";
import {
  emptyRecords,
  type Balancer,
  type Droplet,
  type Firewall,
  type Records,
  type Rule,
} from "../../../local/api/records";

const droplet = (id: number, ...tags: string[]) =>
  ({ id, tags, publicIp: `198.51.100.${id}`, privateIp: `10.10.0.${id}` }) as Droplet;

const ssh: Rule = { protocol: "tcp", ports: "22", peers: { addresses: ["0.0.0.0/0"] } };

const firewall = (more: Partial<Firewall>): Firewall => ({
  id: "f",
  name: "f",
  createdAt: "",
  inbound: [],
  outbound: [],
  dropletIds: [],
  tags: [],
  ...more,
});

const account = (more: Partial<Records>): Records => ({
  ...emptyRecords(),
  droplets: [droplet(11, "web", "db"), droplet(12, "web"), droplet(13)],
  balancers: [{ id: "lb-1", vpcIp: "10.10.0.50", publicIp: "198.51.100.50" } as Balancer],
  ...more,
});

/** What one rule from these peers becomes on droplet 13. */
const addressesFrom = (peers: Rule["peers"]) =>
  compileFirewalls(account({ firewalls: [firewall({ dropletIds: [13], inbound: [{ ...ssh, peers }] })] }))[0]
    ?.inbound[0]?.addresses;

describe("compileFirewalls", () => {
  it("leaves out machines that no firewall names", () => {
    expect(compileFirewalls(account({}))).to.deep.equal([]);
    const byTag = compileFirewalls(account({ firewalls: [firewall({ tags: ["web"], inbound: [ssh] })] }));
    expect(byTag.map(({ machineId }) => machineId)).to.deep.equal([11, 12]);
  });

  it("finds machines by id and by tag, whatever the tag's case, once each", () => {
    const firewalls = [firewall({ tags: ["WEB"], dropletIds: [11, 13], inbound: [ssh] })];
    expect(compileFirewalls(account({ firewalls })).map(({ machineId }) => machineId)).to.deep.equal([11, 12, 13]);
  });

  it("lists a machine whose firewall allows nothing one way, so that this way is closed", () => {
    const [machine] = compileFirewalls(account({ firewalls: [firewall({ dropletIds: [13], inbound: [ssh] })] }));
    expect(machine).to.deep.equal({
      machineId: 13,
      inbound: [{ protocol: "tcp", ports: "22", addresses: ["0.0.0.0/0"] }],
      outbound: [],
    });
  });

  it("unites all firewalls of a machine", () => {
    const firewalls = [
      firewall({ id: "a", tags: ["web"], inbound: [ssh] }),
      firewall({ id: "b", tags: ["db"], inbound: [{ ...ssh, ports: "5432" }], outbound: [ssh] }),
    ];
    const machines = compileFirewalls(account({ firewalls }));
    expect(machines[0]?.inbound.map(({ ports }) => ports)).to.deep.equal(["22", "5432"]);
    expect(machines[0]?.outbound).to.have.length(1);
    expect(machines[1]?.inbound.map(({ ports }) => ports)).to.deep.equal(["22"]);
    expect(machines[1]?.outbound).to.have.length(0);
  });

  const cases: [string, Rule["peers"], string[]][] = [
    ["addresses as they are", { addresses: ["10.0.0.0/8", "::/0", "192.0.2.7"] }, ["10.0.0.0/8", "::/0", "192.0.2.7"]],
    ["a tag", { tags: ["db"] }, ["10.10.0.11", "198.51.100.11"]],
    ["a tag that no droplet has", { tags: ["none"] }, []],
    ["droplets", { droplet_ids: [12, 99] }, ["10.10.0.12", "198.51.100.12"]],
    ["a balancer, by its VPC address", { load_balancer_uids: ["lb-1"] }, ["10.10.0.50"]],
    ["a balancer that is gone", { load_balancer_uids: ["lb-2"] }, []],
    [
      "all at once, without doubles",
      { addresses: ["10.10.0.11"], tags: ["db"], droplet_ids: [11], load_balancer_uids: ["lb-1"] },
      ["10.10.0.11", "198.51.100.11", "10.10.0.50"],
    ],
  ];
  for (const [what, peers, addresses] of cases) {
    it(`resolves ${what}`, () => expect(addressesFrom(peers)).to.deep.equal(addresses));
  }

  it('says "all" for DigitalOcean\'s 0, and no ports for icmp', () => {
    const inbound: Rule[] = [
      { ...ssh, protocol: "udp", ports: "0" },
      { ...ssh, protocol: "icmp", ports: "0" },
      { ...ssh, ports: "1-65535" },
    ];
    const [machine] = compileFirewalls(account({ firewalls: [firewall({ dropletIds: [13], inbound })] }));
    expect(machine?.inbound).to.deep.equal([
      { protocol: "udp", ports: "all", addresses: ["0.0.0.0/0"] },
      { protocol: "icmp", addresses: ["0.0.0.0/0"] },
      { protocol: "tcp", ports: "1-65535", addresses: ["0.0.0.0/0"] },
    ]);
  });
});
