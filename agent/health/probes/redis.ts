import type { ConnectionOptions } from "node:tls";
import { Redis } from "ioredis";
import { systemClock, within } from "../../clock";
import type { StoreAccess } from "../settings";

/** How sentinels call it. */
const name = "main";

export interface Sentinel {
  host: string;
  port: number;
}

/** The way that the application's commands go: to the master, whom the sentinels name. */
export class RedisWay {
  private readonly redis: Redis;
  private ready = false;
  private closed = false;

  constructor(
    sentinels: Sentinel[],
    access: StoreAccess["redis"],
    /** In milliseconds. */
    private readonly patience: number,
    tls?: ConnectionOptions,
  ) {
    const tryAgain = () => 500;
    this.redis = new Redis({
      ...{ sentinels, name, ...access, updateSentinels: false },
      ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
      // RESP2, and nothing that these users may not call.
      ...{ protocol: 2, disableClientInfo: true },
      ...{
        connectTimeout: patience,
        commandTimeout: patience,
        sentinelCommandTimeout: patience,
        disconnectTimeout: 500,
      },
      // It tries for ever, one attempt at a time, and keeps nothing for later: the next look asks anew.
      ...{ retryStrategy: tryAgain, sentinelRetryStrategy: tryAgain },
      ...{ enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 },
    });
    // What is wrong shows in the answer.
    this.redis.on("error", () => undefined);
    this.redis.on("ready", () => (this.ready = true)).on("close", () => (this.ready = false));
    // ioredis gives up for good when it is disconnected while it asks the sentinels.
    this.redis.on("end", () => {
      if (!this.closed) setTimeout(() => void this.redis.connect().catch(() => undefined), 500).unref();
    });
  }

  /** Whether the master answers in time, and is one. Never rejects. */
  async isOpen(): Promise<boolean> {
    const ready = await within(systemClock, this.patience, 20, () => this.ready || undefined);
    if (!ready) return false;
    try {
      const [role] = await this.redis.role();
      if (role === "master") return true;
    } catch {
      // Silent, or gone.
    }
    // It may be another by now: the sentinels are asked again.
    this.ready = false;
    this.redis.disconnect(true);
    return false;
  }

  close(): void {
    this.closed = true;
    this.redis.disconnect();
  }
}
