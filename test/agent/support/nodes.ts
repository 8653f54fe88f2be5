import type { Peer } from "../../../agent/settings";

/**
 * An address of the loopback that no other process of the tests has: agents listen at a fixed port, and files of tests run
 * side by side. A process's number has 22 bits.
 */
function ownAddress(which: 0 | 1): string {
  const number = 2 * process.pid + which;
  return [127, 128 | (number >> 16), (number >> 8) & 255, number & 255].join(".");
}

/**
 * Three nodes on this machine's loopback. What connects to any of its addresses comes from 127.0.0.1, so ash is the one
 * who calls.
 */
export const ash: Peer = { name: "ash", ip: "127.0.0.1", data: true };
export const birch: Peer = { name: "birch", ip: ownAddress(0), data: true };
export const cedar: Peer = { name: "cedar", ip: ownAddress(1), data: true };
export const nodes = [ash, birch, cedar];
