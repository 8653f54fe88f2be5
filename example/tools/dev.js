import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath, URL } from "node:url";
import { parse } from "yaml";
import { log } from "../src/log.js";
import { serve } from "../src/serve.js";
import { settingsOrExit } from "../src/settings.js";
import { watchAdmin } from "./build.js";
import { devSites } from "./devSites.js";

// A worker as on a node, with the sites in front that nginx serves there.
const root = fileURLToPath(new URL("..", import.meta.url));
const { sites } = parse(readFileSync(`${root}/trivet.yaml`, "utf8"));
const settings = settingsOrExit(process.env, "development");
await watchAdmin({ root });
serve(settings, { front: devSites(root, sites) });
for (const name of ["localhost", ...Object.keys(sites).map((site) => `${site}.localhost`)]) {
  log("site", { url: `http://${name}:${settings.port}/` });
}
