import type { Clock } from "../../../agent/clock";
import type { Time } from "./time";

/**
 * One life of an agent. All that an agent ever waits for comes through here: when it is stopped (SIGSTOP) nothing comes
 * until it goes on, and when it is killed nothing comes any more, so that none of its code runs again.
 */
export class Process {
  alive = true;
  private stopped = false;
  private held: (() => void)[] = [];

  constructor(
    private readonly time: Time,
    /** How fast its clock runs; 1 is right. */
    private readonly speed: number,
  ) {}

  readonly clock: Clock = {
    now: () => 1000 + this.time.now * this.speed,
    sleep: (milliseconds) => this.wait((resolve) => this.time.after(milliseconds / this.speed, resolve)),
  };

  /** A promise whose result comes from the world. */
  wait<T>(begin: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      begin(
        (value) => this.deliver(() => resolve(value)),
        (error) => this.deliver(() => reject(error)),
      );
    });
  }

  deliver(what: () => void): void {
    if (!this.alive) return;
    if (this.stopped) return void this.held.push(what);
    this.time.stirred = true;
    what();
  }

  get runs(): boolean {
    return this.alive && !this.stopped;
  }

  pause(): void {
    this.stopped = true;
  }

  resume(): void {
    this.stopped = false;
    for (const what of this.held.splice(0)) this.deliver(what);
  }

  kill(): void {
    this.alive = false;
    this.held = [];
  }
}
