import ipaddr from "ipaddr.js";
import type { FirewallRule } from "./types";

/** A firewalled machine with the addresses that are its own. */
export interface Guarded {
  id: number;
  addresses: string[];
  inbound: FirewallRule[];
  outbound: FirewallRule[];
}

/**
 * The nft script that makes these the firewalled machines and leaves every other one open. It replaces all rules in
 * one transaction; connections that were let through before stay, because the kernel keeps track of them elsewhere.
 */
export function firewallScript(machines: Guarded[]): string {
  const table = "table inet trivet_firewall";
  return [
    table,
    `delete ${table}`,
    `${table} {`,
    ...machines.flatMap((machine) => [
      ...chain(`in_${machine.id}`, [...machine.inbound.flatMap((rule) => permit(rule, "saddr")), "drop"]),
      ...chain(`out_${machine.id}`, [...machine.outbound.flatMap((rule) => permit(rule, "daddr")), "drop"]),
    ]),
    ...chain("check", [
      "ct state established,related accept",
      ...dispatch(machines, "saddr", "out"),
      ...dispatch(machines, "daddr", "in"),
    ]),
    // Forwarded frames and packets, and those between a machine and the gateway itself.
    ...["forward", "input", "output"].flatMap((hook) =>
      chain(hook, [`type filter hook ${hook} priority filter; policy accept;`, "jump check"]),
    ),
    "}",
    "",
  ].join("\n");
}

const chain = (name: string, rules: string[]) => [`  chain ${name} {`, ...rules.map((rule) => `    ${rule}`), "  }"];

/** Both ends' rules must agree, so a permitted packet returns from the one chain to meet the other. */
function permit(rule: FirewallRule, side: "saddr" | "daddr"): string[] {
  const others = outermost(rule.addresses);
  if (others.length === 0) return [];
  const anyone = others.includes("0.0.0.0/0");
  const from = anyone ? [] : [`ip ${side} { ${others.join(", ")} }`];
  return [[...from, service(rule), "return"].join(" ")];
}

function service({ protocol, ports }: FirewallRule): string {
  if (protocol === "icmp") return "meta l4proto icmp";
  return ports === undefined || ports === "all" ? `meta l4proto ${protocol}` : `${protocol} dport ${ports}`;
}

/** IPv4 ranges without those that lie within another: nft refuses a set whose intervals overlap. */
function outermost(addresses: string[]): string[] {
  const ranges = addresses
    .map((address) => (address.includes("/") ? address : `${address}/${ipaddr.IPv4.isValid(address) ? 32 : 128}`))
    .map((range) => ipaddr.parseCIDR(range))
    .filter((range): range is [ipaddr.IPv4, number] => range[0].kind() === "ipv4")
    .map(
      ([address, prefix]) => [ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/${prefix}`), prefix] as const,
    )
    .sort((a, b) => a[1] - b[1]);
  const kept: (readonly [ipaddr.IPv4, number])[] = [];
  for (const [address, prefix] of ranges) {
    if (!kept.some((outer) => address.match([outer[0], outer[1]]))) kept.push([address, prefix]);
  }
  return kept.map(([address, prefix]) => `${address.toString()}/${prefix}`);
}

function dispatch(machines: Guarded[], side: "saddr" | "daddr", direction: "in" | "out"): string[] {
  const verdicts = machines.flatMap(({ id, addresses }) =>
    addresses.map((address) => `${address} : jump ${direction}_${id}`),
  );
  return verdicts.length === 0 ? [] : [`ip ${side} vmap { ${verdicts.join(", ")} }`];
}
