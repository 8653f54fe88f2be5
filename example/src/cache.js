import { setTimeout } from "node:timers";
import { Redis } from "ioredis";
import { log } from "./log.js";

const CONNECT_TIMEOUT_MS = 2_000;
// Longer than sentinel needs to promote another master, so that a failover shows as a wait.
const COMMAND_TIMEOUT_MS = 15_000;
const SILENCE_TIMEOUT_MS = 8_000;
const COME_BACK_MS = 100;

const backOff = (attempt) => Math.min(attempt * 100, 1_000);

const common = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  commandTimeout: COMMAND_TIMEOUT_MS,
  maxRetriesPerRequest: null,
  retryStrategy: backOff,
  // A master that vanished without a word closes no connection. The health check asks every few seconds.
  socketTimeout: SILENCE_TIMEOUT_MS,
  // A demoted master answers READONLY: look for the new one and send the command again.
  reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
};

/** A connection to the current master, found through sentinel, with verified TLS to both; or to the one at `url`. */
export function openCache(settings) {
  const redis = settings.url ? new Redis(settings.url, common) : new Redis({ ...common, ...throughSentinel(settings) });
  redis.on("error", (error) => log("redis-connection-lost", { message: error.message }));
  return lasting(redis);
}

const closed = new WeakSet();

/**
 * Has a connection come back whatever ends it, but for `closeForGood`: ioredis gives up for ever, all retries
 * notwithstanding, when sentinel names another master in the very moment in which it asks for one.
 */
export function lasting(redis) {
  redis.on("end", () => {
    if (!closed.has(redis)) setTimeout(() => redis.connect().catch(() => undefined), COME_BACK_MS);
  });
  return redis;
}

export function closeForGood(redis) {
  closed.add(redis);
  redis.disconnect();
}

function throughSentinel(settings) {
  return {
    sentinels: settings.sentinels,
    name: settings.masterName,
    username: settings.username,
    password: settings.password,
    sentinelUsername: settings.sentinelUsername,
    sentinelPassword: settings.sentinelPassword,
    tls: settings.tls,
    sentinelTLS: settings.tls,
    enableTLSForSentinelMode: true,
    // All of them are in the settings, and the application's user may not ask sentinel for more.
    updateSentinels: false,
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    sentinelRetryStrategy: backOff,
    sentinelReconnectStrategy: backOff,
    // sentinel tells when another took over; what it fails to tell, the silence shows.
    failoverDetector: true,
  };
}

/** A count in redis. A count that was cut off by a failover is sent again, so it may count once too often. */
export function visitsIn(redis) {
  return {
    add: () => redis.incr("visits"),
    count: async () => Number((await redis.get("visits")) ?? 0),
  };
}

/** Throws unless the master answers. */
export async function checkCache(redis) {
  await redis.ping();
}
