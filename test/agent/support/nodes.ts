import type { Peer } from "../../../agent/settings";

/**
 * Three nodes on this machine's loopback. What connects to any of its addresses comes from 127.0.0.1, so ash is the one
 * who calls.
 */
export const ash: Peer = { name: "ash", ip: "127.0.0.1", data: true };
export const birch: Peer = { name: "birch", ip: "127.74.0.2", data: true };
export const cedar: Peer = { name: "cedar", ip: "127.74.0.3", data: true };
export const nodes = [ash, birch, cedar];
