import type { Log } from "../../log";
import type { Peer } from "../../settings";
import type { Credentials } from "../../wire/server";
import type { Probes } from "../health";
import { readStoreAccess } from "../settings";
import { DatabaseWay } from "./database";
import { RedisWay } from "./redis";
import { askWorkers } from "./workers";

/** How long a worker may take to answer, in milliseconds: less than the load balancer would wait. */
const workerPatience = 2_000;
/** The same for the stores. */
const storePatience = 1_500;
const sentinelPort = 26379;

/** The real ones. Without the file, the stores are not asked. Never rejects: what is wrong with the file is logged. */
export async function realProbes(parts: {
  file: string;
  nodes: Peer[];
  credentials: Credentials;
  log: Log;
}): Promise<Probes> {
  const { file, nodes, credentials, log } = parts;
  const access = await readStoreAccess(file).catch((error: Error) => {
    log("error", { message: `the stores are not asked: ${error.message}` });
    return null;
  });
  const sentinels = nodes.filter(({ data }) => data).map(({ ip }) => ({ host: ip, port: sentinelPort }));
  const database = access && new DatabaseWay(access.database, storePatience);
  const redis = access && new RedisWay(sentinels, access.redis, storePatience, { ...credentials });
  return {
    workers: (ports, path) => askWorkers(ports, path, workerPatience),
    database: () => Promise.resolve(database && database.isOpen()),
    redis: () => Promise.resolve(redis && redis.isOpen()),
  };
}
