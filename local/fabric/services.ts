import { mkdir } from "node:fs/promises";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { cacheDir, uplink } from "../paths";
import { killGroup, pidsOf, startIn } from "./cgroup";
import { readJson, writeJson } from "./files";
import { hostApt } from "./host-apt";
import type { Places } from "./places";

/**
 * One small process serves the machines: apt-cacher-ng keeps every Debian package that a machine ever downloaded, and
 * hands out the Node.js archives that were assembled on this host. It listens on the host's end of the link alone.
 */
const port = 8465;
const group = "services";
const url = `http://${uplink.host}:${port}`;

export const services = {
  url,
  /** Stands for the official distribution: `<nodejsUrl>/v24.1.0/node-v24.1.0-linux-x64.tar.gz`. */
  nodejsUrl: `${url}/nodejs`,
  nodejsDir: path.join(cacheDir, "nodejs"),
};

export async function startServices(places: Places): Promise<void> {
  const cache = path.join(cacheDir, "apt");
  for (const dir of [places.services, cache, services.nodejsDir]) await mkdir(dir, { recursive: true });
  const { proxy } = await hostApt();
  const settings = {
    ForeGround: "1",
    SupportDir: "/usr/lib/apt-cacher-ng",
    CacheDir: cache,
    LogDir: places.services,
    Port: String(port),
    BindAddress: uplink.host,
    LocalDirs: `nodejs ${services.nodejsDir}`,
    // Debian's default gives up on an unused package after four days.
    ExThreshold: "30",
    VerboseLog: "0",
    ...(proxy === undefined ? {} : { Proxy: proxy }),
  };
  const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  const running = (await pidsOf(group)).length > 0;
  const record = path.join(places.services, "settings.json");
  if (running && isDeepStrictEqual(await readJson(record), settings)) return;
  await killGroup(group);
  await startIn(group, ["apt-cacher-ng", ...words], { log: path.join(places.services, "apt-cacher-ng.log") });
  await writeJson(record, settings);
}
