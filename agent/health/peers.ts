import type { Clock } from "../clock";
import type { AbleAnswer, Wire } from "../wire/messages";
import type { PeerSeen } from "./look";

/** What a node said of itself longer ago, in milliseconds, does not count. */
const fresh = 3_000;

/** What the other nodes say of themselves. */
export class Peers {
  private readonly heard = new Map<string, { at: number; says: AbleAnswer }>();

  constructor(
    private readonly names: string[],
    private readonly wire: Wire,
    private readonly clock: Clock,
  ) {}

  /** Asks all of them at once. Who does not answer is seen by that alone. */
  async ask(): Promise<void> {
    await Promise.all(
      this.names.map(async (name) => {
        const says = await this.wire.call(name, "able", {}).catch(() => null);
        if (says) this.heard.set(name, { at: this.clock.now(), says });
      }),
    );
  }

  seen(): PeerSeen[] {
    const now = this.clock.now();
    return this.names.map((name) => {
      const last = this.heard.get(name);
      return { name, says: last && now - last.at <= fresh ? last.says : null };
    });
  }
}
