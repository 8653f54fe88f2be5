import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import process from "node:process";
import { URL } from "node:url";

/** Thrown with every fault of the environment at once, so that one look mends them all. */
export class SettingsError extends Error {
  constructor(faults) {
    super(`The environment is not complete:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
    this.faults = faults;
  }
}

/**
 * Settings of one worker, from the environment alone. `release` defaults to the name of the folder it runs in. In
 * production all that a cluster gives must be there; else a store that is not named is undefined.
 */
export function readSettings(env, directory) {
  const faults = [];
  const production = env.NODE_ENV === "production";
  const port = env.PORT || (production ? undefined : "3000");
  const settings = {
    host: env.HOST || "127.0.0.1",
    port: portOf(port, faults),
    node: env.NODE_NAME || hostname(),
    worker: env.WORKER || port || "",
    release: env.RELEASE || path.basename(directory),
    databaseUrl: env.DATABASE_URL || production ? databaseUrlOf("DATABASE_URL", env.DATABASE_URL, faults) : undefined,
    redis: redisOf(env, production, faults),
    smtpUrl: smtpUrlOf(env, faults),
    mailFrom: addressOf("MAIL_FROM", env.MAIL_FROM || "app@localhost", faults),
    mailTo: addressOf("MAIL_TO", env.MAIL_TO || "root@localhost", faults),
  };
  settings.eventReplicas = replicasOf(env.EVENT_REPLICAS, settings.redis?.sentinels ?? [], faults);
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;
}

/** The same for a process: writes the faults to standard error and ends it with 1. */
export function settingsOrExit(env, directory) {
  try {
    return readSettings(env, directory);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Where migrations run: as the owner of the tables if that is somebody else than the application. */
export function readMigrationUrl(env) {
  const name = env.DATABASE_MIGRATION_URL ? "DATABASE_MIGRATION_URL" : "DATABASE_URL";
  const faults = [];
  const url = databaseUrlOf(name, env[name], faults);
  if (faults.length > 0) throw new SettingsError(faults);
  return url;
}

function portOf(given, faults) {
  if (given !== undefined && /^\d+$/.test(given) && Number(given) <= 65535) return Number(given);
  faults.push(`PORT is ${given ? `"${given}"` : "not set"}; it must be a number from 0 to 65535`);
  return undefined;
}

// The value holds a password, so no fault ever quotes it.
function databaseUrlOf(name, given, faults) {
  if (!given) {
    faults.push(`${name} is not set; it must be like postgres://user:password@127.0.0.1:6432/database`);
  } else if (!URL.canParse(given) || !/^postgres(ql)?:$/.test(new URL(given).protocol)) {
    faults.push(`${name} is not a postgres:// address`);
  }
  return given;
}

// Either one server by its address, or the master by sentinels as a cluster has them.
function redisOf(env, production, faults) {
  if (env.REDIS_URL) return { url: redisUrlOf(env.REDIS_URL, faults), sentinels: [] };
  if (!production && !env.REDIS_SENTINELS) return undefined;
  const file = (name) => {
    if (!env[name]) return undefined;
    try {
      return readFileSync(env[name]);
    } catch (error) {
      faults.push(`${name} names ${env[name]}, which cannot be read (${error.code})`);
      return undefined;
    }
  };
  if (!env.REDIS_MASTER_NAME) faults.push("REDIS_MASTER_NAME is not set; sentinel knows the master by it");
  if (!env.REDIS_CA_FILE) faults.push("REDIS_CA_FILE is not set; redis speaks TLS and its certificate is checked");
  if (Boolean(env.REDIS_CERT_FILE) !== Boolean(env.REDIS_KEY_FILE)) {
    faults.push("REDIS_CERT_FILE and REDIS_KEY_FILE belong together; one of them is not set");
  }
  return {
    sentinels: sentinelsOf(env.REDIS_SENTINELS, faults),
    masterName: env.REDIS_MASTER_NAME,
    username: env.REDIS_USERNAME,
    password: env.REDIS_PASSWORD,
    sentinelUsername: env.REDIS_SENTINEL_USERNAME,
    sentinelPassword: env.REDIS_SENTINEL_PASSWORD,
    tls: { ca: file("REDIS_CA_FILE"), cert: file("REDIS_CERT_FILE"), key: file("REDIS_KEY_FILE") },
  };
}

// It may hold a password, so the fault does not quote it.
function redisUrlOf(given, faults) {
  if (!URL.canParse(given) || !/^rediss?:$/.test(new URL(given).protocol)) {
    faults.push("REDIS_URL is not a redis:// or rediss:// address");
  }
  return given;
}

/** How many replicas must have an event: all, and every redis has a sentinel beside it. */
function replicasOf(given, sentinels, faults) {
  if (!given) return Math.max(sentinels.length - 1, 0);
  if (/^\d$/.test(given)) return Number(given);
  faults.push(`EVENT_REPLICAS is "${given}"; it must be a number from 0 to 9: the replicas of redis' master`);
  return 0;
}

// Loopback needs no TLS, and the certificate there is made out to another name. Undefined: mails are logged, not sent.
function smtpUrlOf(env, faults) {
  const given = env.SMTP_URL;
  if (!given) return env.NODE_ENV === "production" ? "smtp://127.0.0.1:25?ignoreTLS=true" : undefined;
  // It may hold a password, so the fault does not quote it.
  if (!URL.canParse(given) || !/^smtps?:$/.test(new URL(given).protocol)) {
    faults.push("SMTP_URL is not an smtp:// or smtps:// address");
  }
  return given;
}

function addressOf(name, given, faults) {
  if (!/^[^\s@<>,]+@[^\s@<>,]+$/.test(given)) faults.push(`${name} is "${given}"; it must be like app@example.com`);
  return given;
}

function sentinelsOf(given, faults) {
  const sentinels = (given ?? "")
    .split(",")
    .map((part) => part.trim().match(/^([^:\s]+):(\d+)$/))
    .map((match) => match && { host: match[1], port: Number(match[2]) });
  if (sentinels.every(Boolean)) return sentinels;
  faults.push(`REDIS_SENTINELS is ${given ? `"${given}"` : "not set"}; it must be like 10.0.0.2:26379,10.0.0.3:26379`);
  return [];
}
