import type { LogEntry } from "./entry";
import { Reorder } from "./reorder";

/** Writes entries a moment after they came, in the order of their times as far as that moment allows. */
export class Delayed {
  private readonly held: Reorder;
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  /** `window`: the moment, in milliseconds. `limit`: how many entries may wait in it. */
  constructor(
    private readonly write: (entries: LogEntry[]) => Promise<void>,
    private readonly window = 500,
    limit = 10_000,
  ) {
    this.held = new Reorder(window, limit);
  }

  /** Resolves when another one may come: not before what is being written is. */
  async put(entry: LogEntry): Promise<void> {
    await this.writing;
    this.held.add(entry, performance.now());
    if (this.held.full) await this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), this.window);
  }

  /** Writes all that is still held. */
  async end(): Promise<void> {
    await this.flush(Infinity);
  }

  private flush(now = performance.now()): Promise<void> {
    clearTimeout(this.timer);
    const entries = this.held.take(now);
    const { due } = this.held;
    this.timer = due === undefined ? undefined : setTimeout(() => void this.flush(), Math.max(1, due - now));
    this.writing = this.writing.then(() => this.write(entries));
    return this.writing;
  }
}
