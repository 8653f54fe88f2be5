import { Redis } from "ioredis";
import { log } from "./log.js";

const CONNECT_TIMEOUT_MS = 2_000;
// Longer than sentinel needs to promote another master, so that a failover shows as a wait.
const COMMAND_TIMEOUT_MS = 15_000;
const SILENCE_TIMEOUT_MS = 8_000;

const backOff = (attempt) => Math.min(attempt * 100, 1_000);

/** A connection to the current master, found through sentinel; verified TLS to both. */
export function openCache(settings) {
  const redis = new Redis({
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
    connectTimeout: CONNECT_TIMEOUT_MS,
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: null,
    retryStrategy: backOff,
    sentinelRetryStrategy: backOff,
    sentinelReconnectStrategy: backOff,
    // A master that vanished without a word closes no connection; sentinel tells when another took over.
    failoverDetector: true,
    // Should that message be missed: nothing heard for so long, with the health check asking every few seconds.
    socketTimeout: SILENCE_TIMEOUT_MS,
    // A demoted master answers READONLY: look for the new one and send the command again.
    reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
  });
  redis.on("error", (error) => log("redis-connection-lost", { message: error.message }));
  return redis;
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
