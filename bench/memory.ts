import { setTimeout as pause } from "node:timers/promises";
import type { Figure } from "./figures";
import { inEveryNode } from "./nodes";

/** The proportional set size of a node's processes, the application's workers among them, at rest. A sample a node and round. */
export async function memory(samples: number): Promise<Figure[]> {
  const sizes: number[] = [];
  for (let at = 0; at < samples; at++) {
    if (at > 0) await pause(5_000);
    sizes.push(...(await nodeMemory()));
  }
  return [{ what: "a node's processes at rest, with two workers (PSS)", unit: "MiB", samples: sizes }];
}

/** The proportional set size of all processes of each node, in MiB. */
export async function nodeMemory(): Promise<number[]> {
  const sum = "cat /proc/[0-9]*/smaps_rollup 2>/dev/null | awk '$1 == \"Pss:\" { sum += $2 } END { print sum }'";
  return (await inEveryNode(sum)).map((kib) => Number(kib) / 1024);
}
