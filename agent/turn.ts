import type { Clock } from "./clock";
import type { Voter } from "./election/voter";
import type { Timing } from "./timing";

/** When this node stands for election, once nobody leads: each voter at another moment, so that they do not split the vote. */
export class Turn {
  private at = Infinity;

  /** @param rank this node's place among the voters, from 0 */
  constructor(
    private readonly rank: () => number,
    private readonly voter: Voter,
    private readonly parts: { clock: Clock; timing: Timing; random: () => number },
  ) {}

  /** There is a leader: nobody has to stand. */
  passes(): void {
    this.at = Infinity;
  }

  /** Whether it has come. Counts from the first time that this is asked. */
  get isDue(): boolean {
    const { clock, timing, random } = this.parts;
    if (this.at === Infinity) this.at = Math.max(clock.now(), this.voter.promisedUntil) + this.rank() * timing.stagger;
    // Whom it has just voted for gets the time to take office.
    return clock.now() >= Math.max(this.at, this.voter.votedAt + timing.call * (1 + random()));
  }

  /** It stood, and may have to again. */
  taken(): void {
    const { clock, timing, random } = this.parts;
    this.at = clock.now() + timing.stagger * (0.5 + this.rank() + random());
  }

  /**
   * A leader has resigned, for a successor if it named one.
   * @returns in how many milliseconds the turn comes
   */
  comesEarly(isSuccessor: boolean): number {
    const { clock, timing } = this.parts;
    // The other voters hear of it at the same moment, more or less; a candidate that is too early is refused.
    const soon = 30;
    const wait = isSuccessor ? soon : (2 + this.rank()) * timing.stagger;
    this.at = clock.now() + wait;
    return wait;
  }
}
