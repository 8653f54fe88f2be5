import { setTimeout as pause } from "node:timers/promises";

// The official plugin's first look is after 10 s: against a real account nothing is faster, against this one much is.
const intervalMs = 1000;

/** Asks again until there is an answer. @throws after `seconds`, saying what was waited for. */
export async function until<Answer>(
  what: string,
  seconds: number,
  signal: AbortSignal,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`timed out after ${seconds} s waiting for ${what}`);
    await pause(intervalMs, undefined, { signal });
  }
}
