import type { Time } from "./time";

/** Packets between machines. */
export class Network {
  /** The share of packets that get lost. */
  loss = 0;
  /** The share of packets that take up to three seconds. */
  slow = 0;
  private readonly closed = new Map<string, number>();

  constructor(private readonly time: Time) {}

  /** From now on nothing gets from one to the other; several reasons may hold at once. */
  close(from: string, to: string): void {
    this.closed.set(`${from}>${to}`, (this.closed.get(`${from}>${to}`) ?? 0) + 1);
  }

  open(from: string, to: string): void {
    this.closed.set(`${from}>${to}`, Math.max(0, (this.closed.get(`${from}>${to}`) ?? 0) - 1));
  }

  heal(): void {
    this.closed.clear();
    this.loss = this.slow = 0;
  }

  passes(from: string, to: string): boolean {
    return !this.closed.get(`${from}>${to}`);
  }

  get isWhole(): boolean {
    return [...this.closed.values()].every((count) => count === 0);
  }

  /** As TCP does: again and again until it arrives, while `wanted` and for no longer than `patience`. */
  send(from: string, to: string, patience: number, arrive: () => void, wanted = () => true, wait = 200): void {
    if (this.passes(from, to) && !this.time.chance(this.loss)) {
      const takes = this.time.chance(this.slow) ? this.time.between(5, 3_000) : this.time.between(0.2, 3);
      return this.time.after(takes, arrive);
    }
    if (wait > patience) return;
    this.time.after(wait, () => {
      if (wanted()) this.send(from, to, patience - wait, arrive, wanted, Math.min(2 * wait, 1_000));
    });
  }
}
