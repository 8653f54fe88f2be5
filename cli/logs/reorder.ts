import type { LogEntry } from "./entry";

/**
 * Holds entries back for a moment after they came, so that those of other nodes, which come later but were written
 * earlier, get before them.
 */
export class Reorder {
  /** In the order of their times. */
  private readonly held: { entry: LogEntry; due: number }[] = [];

  /** `window`: how long an entry is held, in milliseconds. `limit`: how many are held at most. */
  constructor(
    private readonly window: number,
    private readonly limit: number,
  ) {}

  get full(): boolean {
    return this.held.length >= this.limit;
  }

  /** `now`, here and below, in milliseconds of any clock that never goes back. */
  add(entry: LogEntry, now: number): void {
    let at = this.held.length;
    while (at > 0 && this.held[at - 1]!.entry.time > entry.time) at--;
    this.held.splice(at, 0, { entry, due: now + this.window });
  }

  /** Takes out whose moment is over, and whatever was written before them; where it is full, all. */
  take(now: number): LogEntry[] {
    const last = this.full ? this.held.length - 1 : this.held.findLastIndex(({ due }) => due <= now);
    return this.held.splice(0, last + 1).map(({ entry }) => entry);
  }

  /** When there is something to take; undefined while nothing is held. */
  get due(): number | undefined {
    return this.held.length === 0 ? undefined : Math.min(...this.held.map(({ due }) => due));
  }
}
