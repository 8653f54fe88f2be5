/** Time that only goes forward, in milliseconds from an arbitrary point. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** Asks until the answer is not undefined, or until the time is up: then undefined. */
export async function within<T>(
  clock: Clock,
  milliseconds: number,
  every: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T | undefined> {
  const until = clock.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || clock.now() >= until) return answer;
    await clock.sleep(every);
  }
}
