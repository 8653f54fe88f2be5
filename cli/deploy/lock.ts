import { hostname, userInfo } from "node:os";
import { z } from "zod";
import { UserError } from "../errors";

/** Who deploys what, as the file of the lock tells it. */
export interface Claim {
  /** user@host */
  owner: string;
  /** "deploy" or "rollback". */
  what: string;
  /** RFC 3339, by the owner's clock. */
  since: string;
  release: string;
}

/** Who this is, in letters that are safe everywhere. */
export function whoAmI(): string {
  const name = `${userInfo().username}@${hostname()}`;
  return name.replace(/[^\w.@-]/g, "_");
}

/** How often a held node hears from the deployer, and how long it waits in vain until it takes it for dead. */
export const heartbeat = { everyMs: 5_000, patienceSeconds: 30 };

/** A node that is held for this deploy. */
export interface Hold {
  /** Tells the node that its holder lives. */
  beat(): void;
  /** Why it is held no more, once it is not. */
  whyLost(): Error | undefined;
  end(): Promise<void>;
}

interface Holdable {
  readonly name: string;
  hold(claim: Claim): Promise<Hold>;
}

/** All nodes held at once, so that two deploys never meet. It goes with this process, or when that falls silent. */
export class DeployLock {
  private readonly timer: NodeJS.Timeout;

  private constructor(private readonly holds: readonly Hold[]) {
    this.timer = setInterval(() => holds.forEach((hold) => hold.beat()), heartbeat.everyMs);
    this.timer.unref();
  }

  /** In the nodes' order, all or none. @throws UserError that says who holds one */
  static async take(nodes: readonly Holdable[], claim: Claim): Promise<DeployLock> {
    const holds: Hold[] = [];
    try {
      for (const node of nodes) holds.push(await node.hold(claim));
    } catch (error) {
      await Promise.all(holds.map((hold) => hold.end()));
      throw error;
    }
    return new DeployLock(holds);
  }

  /** @throws UserError when a node has let go: another deploy may have begun there. */
  assertHeld(): void {
    for (const hold of this.holds) {
      const lost = hold.whyLost();
      if (lost) throw lost;
    }
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.holds.map((hold) => hold.end()));
  }
}

const claimed = z.object({ owner: z.string(), what: z.string(), release: z.string() });

/** The sentence for what on-node/lock.sh says of a lock that another holds: "taken SECONDS JSON". */
export function takenBy(node: string, said: string): UserError {
  const [, seconds = "0", json = ""] = /^taken (\d+) ?(.*)$/m.exec(said) ?? [];
  const { owner, what, release } = readClaim(json);
  return new UserError(
    `${owner} has held ${node} for ${duration(Number(seconds))} (${what} of ${release}), so nothing was changed; ` +
      `wait for its end. If that machine is gone, so is its lock after ${heartbeat.patienceSeconds} s.`,
  );
}

function readClaim(json: string): z.infer<typeof claimed> {
  try {
    return claimed.parse(JSON.parse(json));
  } catch {
    // It is written a moment after it is taken.
    return { owner: "Another deploy", what: "a switch", release: "a release" };
  }
}

/** "40 s", "3 minutes", "2 hours". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const [count, unit] = seconds < 3600 ? [Math.floor(seconds / 60), "minute"] : [Math.floor(seconds / 3600), "hour"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
