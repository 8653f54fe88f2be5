import { publicRange } from "../paths";
import { nextAddress } from "./addresses";
import { unprocessable } from "./errors";
import type { Records } from "./records";

/** The public range's first ten addresses are the host's and the fabric's. */
const skip = 10;

/** A free address of the public range, for a droplet, a balancer or a reservation. */
export function takePublicAddress(records: Records): string {
  const taken = [
    ...records.droplets.map(({ publicIp }) => publicIp),
    ...records.balancers.map(({ publicIp }) => publicIp),
    ...records.reservedIps.map(({ ip }) => ip),
  ];
  const address = nextAddress(publicRange, taken, { latest: records.latestPublicAddress, skip });
  if (address === undefined) throw unprocessable(`every public address of ${publicRange} is taken`);
  records.latestPublicAddress = address;
  return address;
}
