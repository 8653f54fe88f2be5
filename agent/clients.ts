import type { Clock } from "./clock";
import type { Log } from "./log";
import type { Pooler } from "./pooler/pooler";
import { route, sameRoute } from "./pooler/routing";
import type { Timing } from "./timing";
import type { PauseAnswer } from "./wire/messages";

/** No call to a pooler keeps a peer waiting for longer, in milliseconds. */
const longestHold = 5_000;

/** The clients of this node's pooler: where they are led, and when they wait. */
export class Clients {
  private primaryAt: number;
  /** The term of the primary to which they are led; a hold ends when there is a new one. */
  private ledTo = 0;
  private heldUntil = -Infinity;

  constructor(private readonly parts: { clock: Clock; pooler: Pooler; timing: Timing; log: Log }) {
    this.primaryAt = parts.clock.now();
  }

  /** For how long no primary has been known, in milliseconds. */
  get without(): number {
    return this.parts.clock.now() - this.primaryAt;
  }

  /**
   * Leads them to the primary, or else has them wait.
   * @param standby this node's own address, if its standby answers
   */
  async lead(primary: { ip: string; term: number } | null, standby: string | null): Promise<void> {
    const { clock, pooler, timing, log } = this.parts;
    if (primary) this.primaryAt = clock.now();
    if (primary && primary.term > this.ledTo) {
      this.ledTo = primary.term;
      this.heldUntil = -Infinity;
    }
    const wanted = route({
      primary: primary?.ip ?? null,
      without: this.without,
      held: clock.now() < this.heldUntil,
      standby,
      reads: timing.reads,
    });
    if (sameRoute(pooler.route, wanted)) return;
    try {
      await pooler.lead(wanted);
      log("clients", { ...wanted });
    } catch {
      // It does not run yet, or not now: the next look tries again.
    }
  }

  /** They wait while the primary moves; not for ever, should nobody say that it has moved. */
  async hold(milliseconds: number): Promise<PauseAnswer> {
    this.heldUntil = this.parts.clock.now() + milliseconds;
    return { paused: await this.parts.pooler.hold(Math.min(milliseconds, longestHold)) };
  }

  /** The primary does not move after all. */
  release(): void {
    this.heldUntil = -Infinity;
  }
}
