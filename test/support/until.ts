import { setTimeout } from "node:timers/promises";

/** Resolves when it holds; the test's own timeout is the bound. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(10);
}
