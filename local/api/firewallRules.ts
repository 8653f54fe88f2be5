import type { FirewalledMachine, FirewallRule } from "../fabric/types";
import type { Droplet, Firewall, Records, Rule } from "./records";

/** DigitalOcean takes tags that differ only in case for the same. */
export const sameTag = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

export const hasTag = (tags: string[], tag: string) => tags.some((own) => sameTag(own, tag));

/**
 * The rules of every machine that at least one firewall names, by its id or by a tag: the union of those firewalls',
 * with tags, droplets and balancers resolved to addresses. A machine that no firewall names is open and not listed.
 */
export function compileFirewalls(records: Readonly<Records>): FirewalledMachine[] {
  return records.droplets.flatMap((droplet) => {
    const firewalls = records.firewalls.filter((firewall) => covers(firewall, droplet));
    if (firewalls.length === 0) return [];
    return {
      machineId: droplet.id,
      inbound: firewalls.flatMap(({ inbound }) => inbound.map((rule) => resolve(rule, records))),
      outbound: firewalls.flatMap(({ outbound }) => outbound.map((rule) => resolve(rule, records))),
    };
  });
}

export function covers(firewall: Firewall, droplet: Droplet): boolean {
  return firewall.dropletIds.includes(droplet.id) || firewall.tags.some((tag) => hasTag(droplet.tags, tag));
}

function resolve({ protocol, ports, peers }: Rule, records: Readonly<Records>): FirewallRule {
  const droplets = records.droplets.filter(
    (droplet) =>
      peers.droplet_ids?.includes(droplet.id) || peers.tags?.some((tag) => hasTag(droplet.tags, tag)) === true,
  );
  const balancers = records.balancers.filter(({ id }) => peers.load_balancer_uids?.includes(id));
  const addresses = new Set([
    ...(peers.addresses ?? []),
    ...droplets.flatMap(({ privateIp, publicIp }) => [privateIp, publicIp]),
    ...balancers.map(({ vpcIp }) => vpcIp),
  ]);
  return {
    protocol,
    ...(protocol !== "icmp" && { ports: ports === "0" ? "all" : ports }),
    addresses: [...addresses],
  };
}
