import { expect } from "chai";
import { firewallScript } from "../../../local/fabric/firewall";
import type { FirewallRule } from "../../../local/fabric/types";

/** The lines of one chain of the script, without indentation. */
function chain(script: string, name: string): string[] {
  const lines = script.split("\n").map((line) => line.trim());
  const start = lines.indexOf(`chain ${name} {`);
  expect(start, name).to.be.above(-1);
  return lines.slice(start + 1, lines.indexOf("}", start));
}

const inbound = (...rules: FirewallRule[]) =>
  chain(firewallScript([{ id: 7, addresses: ["198.51.100.7"], inbound: rules, outbound: [] }]), "in_7");

describe("the cloud firewall's rules", () => {
  const table: [string, FirewallRule, string[]][] = [
    [
      "a port",
      { protocol: "tcp", ports: "22", addresses: ["10.0.0.1"] },
      ["ip saddr { 10.0.0.1/32 } tcp dport 22 return"],
    ],
    [
      "a port range",
      { protocol: "udp", ports: "8000-9000", addresses: ["10.0.0.0/24"] },
      ["ip saddr { 10.0.0.0/24 } udp dport 8000-9000 return"],
    ],
    [
      "all ports",
      { protocol: "tcp", ports: "all", addresses: ["10.0.0.1"] },
      ["ip saddr { 10.0.0.1/32 } meta l4proto tcp return"],
    ],
    ["ICMP", { protocol: "icmp", addresses: ["10.0.0.1"] }, ["ip saddr { 10.0.0.1/32 } meta l4proto icmp return"]],
    [
      "anyone, IPv6 passed over",
      { protocol: "tcp", ports: "443", addresses: ["0.0.0.0/0", "::/0"] },
      ["tcp dport 443 return"],
    ],
    [
      "anyone among others",
      { protocol: "tcp", ports: "443", addresses: ["10.0.0.1", "0.0.0.0/0"] },
      ["tcp dport 443 return"],
    ],
    ["IPv6 alone", { protocol: "tcp", ports: "22", addresses: ["2001:db8::1", "::/0"] }, []],
    ["nobody", { protocol: "tcp", ports: "22", addresses: [] }, []],
    [
      "ranges within ranges",
      {
        protocol: "tcp",
        ports: "22",
        addresses: ["10.1.2.3", "10.1.0.0/16", "10.1.2.0/24", "10.2.0.9/24", "10.1.0.0/16"],
      },
      ["ip saddr { 10.1.0.0/16, 10.2.0.0/24 } tcp dport 22 return"],
    ],
  ];
  for (const [what, rule, lines] of table) {
    it(`let through ${what}, and nothing else`, () => expect(inbound(rule)).to.deep.equal([...lines, "drop"]));
  }

  it("ask both ends' rules, after what is established, wherever a packet passes", () => {
    const script = firewallScript([
      {
        id: 1,
        addresses: ["198.51.100.1", "10.0.0.1"],
        inbound: [],
        outbound: [{ protocol: "icmp", addresses: ["0.0.0.0/0"] }],
      },
      { id: 2, addresses: ["198.51.100.2"], inbound: [], outbound: [] },
    ]);
    expect(chain(script, "check")).to.deep.equal([
      "ct state established,related accept",
      "ip saddr vmap { 198.51.100.1 : jump out_1, 10.0.0.1 : jump out_1, 198.51.100.2 : jump out_2 }",
      "ip daddr vmap { 198.51.100.1 : jump in_1, 10.0.0.1 : jump in_1, 198.51.100.2 : jump in_2 }",
    ]);
    expect(chain(script, "out_1")).to.deep.equal(["meta l4proto icmp return", "drop"]);
    for (const hook of ["forward", "input", "output"]) {
      expect(chain(script, hook)).to.deep.equal([
        `type filter hook ${hook} priority filter; policy accept;`,
        "jump check",
      ]);
    }
  });

  it("replace the whole table at once", () => {
    const script = firewallScript([]);
    expect(script).to.match(
      /^table inet trivet_firewall\ndelete table inet trivet_firewall\ntable inet trivet_firewall {\n/,
    );
    expect(chain(script, "check")).to.deep.equal(["ct state established,related accept"]);
  });
});
