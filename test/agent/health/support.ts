import type { Look, PeerSeen } from "../../../agent/health/look";

export const serves = { able: true, in: true };
export const birch = (says: PeerSeen["says"] = serves): PeerSeen => ({ name: "birch", says });
export const cedar = (says: PeerSeen["says"] = serves): PeerSeen => ({ name: "cedar", says });

/** What ash sees when all is well, but for what a test says. */
export const look = (seen: Partial<Look> = {}): Look => ({
  at: 1_000_000,
  workers: { "3001": "well", "3002": "well" },
  ...{ database: true, redis: true, aside: false, drains: [] },
  peers: [birch(), cedar()],
  ...seen,
});
