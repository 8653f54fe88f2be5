/**
 * The process that serves the local cloud's API. It logs to its standard output, which the daemon directs to a file.
 *
 *   main.ts --state-dir DIR --token-file FILE --port N [--fabric MODULE]
 *
 * MODULE exports `hostFabric(stateDir)`; the default makes machines on this host.
 */
import * as fs from "node:fs";
import { createServer, type Server } from "node:http";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Fabric } from "../fabric/types";
import { apiPort, paths } from "../paths";
import { Books } from "./books";
import { streamLog } from "./log";
import { apiProcess, removePid, writePid } from "./pidFile";
import { apiServer } from "./server";
import { tokenFrom } from "./token";
import { Upkeep } from "./upkeep";

/** How long a stop waits for what the fabric is doing (ms); what is cut short is taken up at the next start. */
const patience = 20_000;

const log = streamLog(process.stdout);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "state-dir": { type: "string", default: paths.cloud },
      "token-file": { type: "string", default: paths.token },
      port: { type: "string", default: String(apiPort) },
      fabric: { type: "string", default: path.join(__dirname, "../fabric/index.ts") },
    },
  });
  const stateDir = values["state-dir"];
  fs.mkdirSync(stateDir, { recursive: true });
  const other = apiProcess(stateDir);
  if (other !== undefined) throw new Error(`Process ${other} already serves the API from ${stateDir}.`);

  const books = Books.open(stateDir);
  const upkeep = new Upkeep(books, await fabricOf(values.fabric, stateDir), log);
  const app = apiServer({ books, upkeep }, tokenFrom(values["token-file"]), log);

  // The port is taken first, so that of two processes only one goes on to the fabric; requests wait until it is ready.
  const server = createServer();
  await listen(server, Number(values.port));
  writePid(stateDir);
  process.once("SIGTERM", () => void stop(server, upkeep, stateDir));
  process.once("SIGINT", () => void stop(server, upkeep, stateDir));
  const started = upkeep.start();
  server.on("request", (request, response) => {
    started.then(() => void app(request, response)).catch(() => response.destroy());
  });
  await started;
  log("notice", `listening on 127.0.0.1:${values.port}, process ${process.pid}`);
}

async function fabricOf(module: string, stateDir: string): Promise<Fabric> {
  const { hostFabric } = (await import(pathToFileURL(path.resolve(module)).href)) as {
    hostFabric: (stateDir: string) => Fabric;
  };
  return hostFabric(stateDir);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

async function stop(server: Server, upkeep: Upkeep, stateDir: string): Promise<void> {
  const answered = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await Promise.race([Promise.all([answered, upkeep.stop()]), pause(patience)]);
  log("notice", "stopped; machines go on");
  removePid(stateDir);
  process.exit(0);
}

main().catch((error: unknown) => {
  log("error", error instanceof Error ? error.message : String(error));
  process.exit(1);
});
