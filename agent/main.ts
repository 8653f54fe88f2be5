import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { Agent } from "./agent";
import { systemClock } from "./clock";
import { control } from "./control";
import { fileStore } from "./durable";
import { founded, whyNotBlank } from "./founding";
import { Drains } from "./health/drains";
import { Health } from "./health/health";
import { realProbes } from "./health/probes";
import { Release } from "./health/probes/release";
import { healthSocket, serveHealth } from "./health/server";
import { journal } from "./log";
import { Pgbouncer } from "./pooler/pgbouncer";
import { courseFile } from "./postgres/course";
import { LocalDatabase } from "./postgres/local";
import { socketFolder } from "./postgres/paths";
import { readSettings } from "./settings";
import { timing } from "./timing";
import { HttpsWire } from "./wire/client";
import { serve } from "./wire/server";

const tls = "/etc/trivet/tls";

async function main(): Promise<void> {
  const settings = await readSettings("/etc/trivet/agent.json");
  const [ca, cert, key] = await Promise.all(
    ["ca.crt", "node.crt", "node.key"].map((name) => readFile(`${tls}/${name}`, "utf8")),
  );
  const credentials = { ca: ca!, cert: cert!, key: key! };
  const self = settings.nodes.find(({ name }) => name === settings.name)!;
  const database = self.data
    ? new LocalDatabase(self.name, settings.nodes, systemClock, { socketFolder, courseFile })
    : null;
  await database?.load();
  const agent = new Agent({
    settings,
    store: fileStore("/var/lib/trivet/agent/promises.json"),
    database,
    pooler: new Pgbouncer(systemClock),
    wire: new HttpsWire(settings.nodes, credentials, timing.call),
    clock: systemClock,
    timing,
    log: journal,
    random: Math.random,
  });
  await agent.load();
  const health = new Health({
    ...{ self, nodes: settings.nodes, drains: new Drains(), release: new Release() },
    probes: await realProbes({
      file: "/etc/trivet/agent/health.json",
      nodes: settings.nodes,
      credentials,
      log: journal,
    }),
    // Connections of its own: no question about health ever waits before an election's, or after it.
    wire: new HttpsWire(settings.nodes, credentials, timing.heartbeat * 2),
    ...{ clock: systemClock, log: journal },
  });
  serve({
    ip: self.ip,
    nodes: settings.nodes,
    credentials,
    log: journal,
    handlers: {
      heartbeat: (body) => agent.heartbeat(body),
      vote: (body) => agent.vote(body),
      resign: (body) => {
        agent.resigned(body);
        return Promise.resolve({});
      },
      blank: () => Promise.resolve(whyNotBlank(agent)),
      found: async (body) => {
        await founded(agent, body);
        return {};
      },
      pause: (body) => agent.pause(body),
      able: () => Promise.resolve(health.able()),
    },
  });
  await control(agent, health);
  serveHealth({ socket: healthSocket, answer: (check) => health.answer(check), log: journal });
  void health.run();
  feedWatchdog();
  journal("starts", { node: settings.name });
  // Whoever stops the agent does not stop what it looks after.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
  await agent.run();
}

/** systemd kills and restarts an agent that stands still. */
function feedWatchdog(): void {
  const interval = Number(process.env.WATCHDOG_USEC ?? 0) / 1000;
  const notify = (...words: string[]) => void execa("systemd-notify", words, { reject: false });
  notify("--ready");
  if (interval > 0) setInterval(() => notify("WATCHDOG=1"), interval / 3);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
