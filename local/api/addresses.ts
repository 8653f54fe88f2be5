import ipaddr from "ipaddr.js";

const toNumber = (address: string) =>
  ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0);

const toAddress = (number: number) => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

/** The first and last address of a CIDR: its network and its broadcast address. */
export function bounds(cidr: string): { first: number; last: number } {
  return {
    first: toNumber(ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()),
    last: toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString()),
  };
}

export function overlap(one: string, other: string): boolean {
  const [a, b] = [bounds(one), bounds(other)];
  return a.first <= b.last && b.first <= a.last;
}

export const netmask = (cidr: string) =>
  ipaddr.IPv4.subnetMaskFromPrefixLength(ipaddr.IPv4.parseCIDR(cidr)[1]).toString();

/** A range's gateway is its first host. */
export const gateway = (cidr: string) => toAddress(bounds(cidr).first + 1);

/**
 * The next free host address after `latest`, from the range's `skip`th host on (default 2: the first is the gateway),
 * starting over at the end: an address is used again only when every other one has been used since.
 * Undefined when all are taken.
 */
export function nextAddress(
  cidr: string,
  taken: Iterable<string>,
  { latest, skip = 2 }: { latest?: string | undefined; skip?: number } = {},
): string | undefined {
  const used = new Set(taken);
  const range = bounds(cidr);
  const [low, high] = [range.first + skip, range.last - 1];
  const count = high - low + 1;
  const start = latest === undefined ? 0 : toNumber(latest) - low + 1;
  for (let step = 0; step < count; step++) {
    const address = toAddress(low + ((start + step) % count));
    if (!used.has(address)) return address;
  }
  return undefined;
}
