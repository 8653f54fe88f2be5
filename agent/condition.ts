import type { Clock } from "./clock";
import type { Database, Look } from "./postgres/database";

/** How often the disk is looked at, and a leader writes to it, in milliseconds. */
const interval = 1_000;

/** How this machine's PostgreSQL and disk are, over time. */
export class Condition {
  /** The disk has no room for more. */
  full = false;
  private soundAt: number;
  private writtenAt: number;

  constructor(
    private readonly database: Database | null,
    private readonly clock: Clock,
  ) {
    this.soundAt = this.writtenAt = clock.now();
  }

  /** Counts from now on. */
  restarts(): void {
    this.soundAt = this.writtenAt = this.clock.now();
  }

  sees(look: Look): void {
    if (look.state === "primary") this.soundAt = this.clock.now();
  }

  /** For how long PostgreSQL has not been seen as a primary, in milliseconds. */
  get unsound(): number {
    return this.clock.now() - this.soundAt;
  }

  /** For how long no record has reached the disk, in milliseconds. */
  get unwritten(): number {
    return this.clock.now() - this.writtenAt;
  }

  async watchRoom(goesOn: () => boolean): Promise<void> {
    while (this.database && goesOn()) {
      this.full = await this.database.isFull().catch(() => this.full);
      await this.clock.sleep(interval);
    }
  }

  /** Writes a record again and again: a disk that takes none is noticed by that alone. */
  async proveWriting(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      try {
        await this.database!.write();
        this.writtenAt = this.clock.now();
      } catch {
        // How long it has been in vain is counted.
      }
      await this.clock.sleep(interval);
    }
  }
}
