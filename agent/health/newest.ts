import { setTimeout as sleep } from "node:timers/promises";

/**
 * What a disk says that may hang. One question at a time, so that it never keeps more than one of Node's few threads, which
 * the rest of the agent needs; who asks gets the newest answer that came within his patience.
 */
export class Newest<T> {
  private asking: Promise<void> | null = null;

  constructor(
    private readonly ask: () => Promise<T>,
    /** What holds until there is an answer. */
    private answer: T,
  ) {}

  /** @param patience in milliseconds. Never rejects. */
  async within(patience: number): Promise<T> {
    this.asking ??= this.ask()
      .then(
        (answer) => void (this.answer = answer),
        () => undefined,
      )
      .finally(() => (this.asking = null));
    const timer = new AbortController();
    await Promise.race([this.asking, sleep(patience, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    return this.answer;
  }
}
