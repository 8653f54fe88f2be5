import { setTimeout as sleep } from "node:timers/promises";
import { quote } from "../cli/shell";
import type { Machine } from "../local/fabric";
import { inside } from "../local/inside";

/**
 * Runs a command in a machine as `inside` does, but for so many seconds at most: what is broken may not answer. A process
 * that not even SIGKILL ends, on a frozen disk, is left behind in its machine.
 * @throws Error when the machine is off, the command fails, or the time is over
 */
export async function ask(machine: Machine, command: string, seconds = 5, input?: string): Promise<string> {
  const bounded = `exec timeout --kill-after=1 ${seconds} bash -c ${quote(command)}`;
  const answer = inside(machine, bounded, input);
  answer.catch(() => undefined);
  const late = new AbortController();
  const silence = sleep((seconds + 3) * 1000, undefined, { signal: late.signal, ref: false }).then(() => {
    throw new Error(`${machine.name} did not answer within ${seconds + 3} s`);
  });
  silence.catch(() => undefined);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    late.abort();
  }
}

/** Repeats until there is nothing left to say, for at most `seconds`; resolves to what is left, which is nothing when all is well. */
export async function untilNothing(seconds: number, left: () => Promise<string[]>, everyMs = 1_000): Promise<string[]> {
  for (const limit = Date.now() + seconds * 1000; ;) {
    const faults = await left();
    if (faults.length === 0 || Date.now() >= limit) return faults;
    await sleep(everyMs);
  }
}
