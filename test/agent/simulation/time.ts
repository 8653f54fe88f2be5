import { randomFrom } from "../../../drills/random";

interface Event {
  at: number;
  order: number;
  run: () => void;
}

/** The world's time, in milliseconds: it jumps from one event to the next. */
export class Time {
  now = 0;
  /** Set by whoever gave a promise its result: what follows from that must happen before the next event. */
  stirred = false;
  readonly random: () => number;
  private readonly events: Event[] = [];
  private count = 0;

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  after(milliseconds: number, run: () => void): void {
    const event = { at: this.now + milliseconds, order: this.count++, run };
    const { events } = this;
    let at = events.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(event, events[parent]!)) break;
      events[at] = events[parent]!;
      at = parent;
    }
    events[at] = event;
  }

  async runUntil(end: number): Promise<void> {
    await this.settle();
    while (this.events.length > 0 && this.events[0]!.at <= end) {
      const event = this.next();
      this.now = event.at;
      event.run();
      if (this.stirred) await this.settle();
    }
    this.now = end;
  }

  between(low: number, high: number): number {
    return low + this.random() * (high - low);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.random() * choices.length)]!;
  }

  private async settle(): Promise<void> {
    this.stirred = false;
    // Every microtask has run before the next immediate does.
    await new Promise((resolve) => setImmediate(resolve));
  }

  private next(): Event {
    const { events } = this;
    const first = events[0]!;
    const last = events.pop()!;
    if (events.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= events.length) break;
      if (child + 1 < events.length && before(events[child + 1]!, events[child]!)) child += 1;
      if (!before(events[child]!, last)) break;
      events[at] = events[child]!;
      at = child;
    }
    events[at] = last;
    return first;
  }
}

const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
