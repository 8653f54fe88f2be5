import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** What is in flight when the load ends may take so long, in ms, before it is cut off and counted as unfinished. */
const graceMs = 5_000;

/** When the clients of a load begin their requests, and when they end. */
export class Course {
  private readonly ending = new AbortController();
  private readonly leaving = new AbortController();

  /** @param left requests that may begin */
  constructor(private left: number) {
    // Every client and every request in flight listens.
    setMaxListeners(0, this.ending.signal, this.leaving.signal);
  }

  /** Aborted when nothing new may begin. */
  get ended(): AbortSignal {
    return this.ending.signal;
  }

  /** Aborted when what is in flight is given up, some time after the end. */
  get over(): AbortSignal {
    return this.leaving.signal;
  }

  /** Lets nothing new begin; what is in flight gets a while. */
  end(): void {
    if (this.ended.aborted) return;
    this.ending.abort();
    setTimeout(() => this.leaving.abort(), graceMs).unref();
  }

  /** Begins one request after the other until the end, at random moments so far apart on average, in ms. */
  async repeat(intervalMs: number, act: () => Promise<void>): Promise<void> {
    await this.pause(Math.random() * intervalMs);
    while (this.takes()) {
      const next = performance.now() + 2 * Math.random() * intervalMs;
      await act();
      await this.pause(next - performance.now());
    }
  }

  /** Resolves when nothing new may begin. */
  async whenEnded(): Promise<void> {
    if (!this.ended.aborted) await new Promise((resolve) => this.ended.addEventListener("abort", resolve));
  }

  /** Resolves after so many ms, or when nothing new may begin. */
  async pause(ms: number): Promise<void> {
    if (ms > 0 && !this.ended.aborted) await sleep(ms, undefined, { signal: this.ended }).catch(() => undefined);
  }

  private takes(): boolean {
    if (this.left <= 0) this.end();
    if (this.ended.aborted) return false;
    this.left--;
    return true;
  }
}
