/**
 * DigitalOcean's list prices in US dollars a month, as of 2026-09-30. Only what a stack can be made of; a size that is
 * not here is refused with the list of those that are.
 */
export const pricesAsOf = "2026-09-30";

export interface Size {
  memoryMiB: number;
  diskGiB: number;
  monthlyUsd: number;
}

export const sizes: Readonly<Record<string, Size>> = {
  "s-1vcpu-512mb-10gb": { memoryMiB: 512, diskGiB: 10, monthlyUsd: 4 },
  "s-1vcpu-1gb": { memoryMiB: 1024, diskGiB: 25, monthlyUsd: 6 },
  "s-1vcpu-2gb": { memoryMiB: 2048, diskGiB: 50, monthlyUsd: 12 },
  "s-2vcpu-2gb": { memoryMiB: 2048, diskGiB: 60, monthlyUsd: 18 },
  "s-2vcpu-4gb": { memoryMiB: 4096, diskGiB: 80, monthlyUsd: 24 },
  "s-4vcpu-8gb": { memoryMiB: 8192, diskGiB: 160, monthlyUsd: 48 },
};

/** A node's services and two workers need this much (docs/benchmarks.md has what a node uses). */
export const smallestMemoryMiB = 1024;

/** A regional load balancer with one node. */
export const balancerMonthlyUsd = 12;
