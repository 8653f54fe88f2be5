import { Redis, ReplyError } from "ioredis";
import { Client, DatabaseError } from "pg";
import type { ClientSpec } from "./events";

/** A connection of one client; after any error it is closed and another one opened. */
export interface Session {
  /** One id in a transaction of its own. @throws Refused when it surely was not written; any other error leaves it open */
  write(run: string, client: string, id: number): Promise<void>;
  /** Whether the server calls itself primary. */
  isPrimary(): Promise<boolean>;
  close(): void;
}

/** The server answered that it did not write. */
export class Refused extends Error {}

export const connectTimeoutMs = 2_000;

/** @throws Error when there is no connection, or the login fails */
export function open(spec: ClientSpec): Promise<Session> {
  return spec.kind === "redis" ? openRedis(spec) : openPostgres(spec);
}

async function openPostgres(spec: ClientSpec): Promise<Session> {
  const client = new Client({
    host: spec.host,
    port: spec.port,
    user: spec.user,
    password: spec.password,
    database: spec.database,
    ssl: spec.tls ?? false,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: spec.timeoutMs,
    application_name: `drill ${spec.name}`,
  });
  // What breaks the connection breaks the statement too, or is seen by the next one.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
  return {
    write: async (run, name, id) => {
      try {
        await client.query("INSERT INTO drill_writes (run, client, id) VALUES ($1, $2, $3)", [run, name, id]);
      } catch (error) {
        throw error instanceof DatabaseError && surelyNotWritten(error) ? new Refused(error.message) : error;
      }
    },
    isPrimary: async () => {
      const { rows } = await client.query<{ standby: boolean }>("SELECT pg_is_in_recovery() AS standby");
      return rows[0]?.standby === false;
    },
    close: () => void client.end().catch(() => undefined),
  };
}

/**
 * An ordinary error undoes the transaction. One that ends the connection may come after the commit was written, while it
 * waited for a standby: classes 08 (connection), 40003 (completion unknown) and 57 (shutdown).
 */
export function surelyNotWritten({ severity, code = "" }: Pick<DatabaseError, "severity" | "code">): boolean {
  return severity === "ERROR" && !/^(08|57|40003)/.test(code);
}

async function openRedis(spec: ClientSpec): Promise<Session> {
  const redis = new Redis({
    host: spec.host,
    port: spec.port,
    username: spec.user,
    password: spec.password,
    tls: spec.tls,
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    commandTimeout: spec.timeoutMs,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return {
    write: async (run, name, id) => {
      try {
        await redis.rpush(redisList(run), `${name}:${id}`);
      } catch (error) {
        // READONLY of a replica, NOREPLICAS of an isolated master, LOADING, …
        throw error instanceof ReplyError ? new Refused((error as Error).message) : error;
      }
    },
    isPrimary: async () => ((await redis.call("ROLE")) as string[])[0] === "master",
    close: () => redis.disconnect(),
  };
}

/** Where a run's ids are in redis. */
export const redisList = (run: string) => `drill:${run}`;
