import ipaddr from "ipaddr.js";

/** The parts of an IPv4 range: its network address, prefix length, and first address, which is the gateway. */
export function cidr(range: string): { network: string; prefix: number; gateway: string } {
  const [, prefix] = ipaddr.IPv4.parseCIDR(range);
  const network = ipaddr.IPv4.networkAddressFromCIDR(range);
  const gateway = new ipaddr.IPv4([...network.octets.slice(0, 3), (network.octets[3] ?? 0) + 1]);
  return { network: network.toString(), prefix, gateway: gateway.toString() };
}

/** "10.0.0.5/24" for an address in a range. */
export const within = (address: string, range: string) => `${address}/${cidr(range).prefix}`;
