import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLoad, type LoadOptions } from "../drills/load";
import { hostFabric } from "../local/fabric";
import { inside } from "../local/inside";
import { paths } from "../local/paths";
import { onCluster, site } from "./cluster";
import type { Figure } from "./figures";
import { loadTable, ratios, type LoadRecord, type Way } from "./loadFigures";
import { nodeMemory } from "./memory";
import { inEveryNode } from "./nodes";
import { buildOf, keep, kept, recordsOf } from "./records";

const recordsFile = recordsOf("load");

/** Connections that ask without a pause, to find out how much goes through. */
const connections = 50;
/** More than any server here can do. */
const unlimited = 1_000_000;

/** Users come one after the other over so long: 300 TLS handshakes in one second would be all that the worst percent shows. */
const arriveSeconds = 10;

/** Where the clients go in, and out of which network. */
interface Entrance {
  way: Way;
  to: Pick<LoadOptions, "url" | "address" | "ca">;
  networkOf?: number;
}

export interface LoadSettings {
  /** Concurrent users, each with a connection of its own and a second or so between its requests; default 300. */
  users?: number;
  /** How long each of the four loads lasts; default 60. */
  seconds?: number;
}

/**
 * Several hundred users at once, and as many requests as go through, each on the three nodes by way of the balancer and
 * on one worker without anything in front of it.
 */
export async function load(samples: number, { users = 300, seconds = 60 }: LoadSettings = {}): Promise<Figure[]> {
  return onCluster(async () => {
    const build = await buildOf(["agent", "components", "drills/load", "example", "templates"]);
    const entrances: Entrance[] = [{ way: "Trivet", to: await site() }, await bareWorker()];
    const since = Math.floor(Date.now() / 1000);
    const memory: number[] = [];
    for (let at = 1; at <= samples; at++) {
      for (const { name, options } of [asUsers(users), saturating])
        for (const entrance of entrances) {
          const { record, sizes } = await loaded(entrance, { ...options, seconds });
          await keep({ build, name, ...record } satisfies LoadRecord, recordsFile);
          if (entrance.way === "Trivet") memory.push(...sizes);
          const { total, perSecond } = record;
          const figures = `${perSecond.toFixed(0)} requests a second, ${total.failed} of ${total.requests} failed`;
          console.log(`load, ${at} of ${samples}: ${name}, ${record.way}: ${figures}`);
        }
    }
    const all = await kept<LoadRecord>(build, recordsFile);
    console.log(`\nBuild ${build}, all runs kept in ${recordsFile}:\n\n${loadTable(all)}\n\n${ratios(all)}\n`);
    return [
      { what: "a node's processes under load (PSS)", unit: "MiB", samples: memory },
      { what: "processes of a node that were killed", unit: "count", samples: await killed(since) },
    ];
  });
}

/** Each user asks about once a second and posts every tenth time. */
const asUsers = (users: number) => ({
  name: `${users} users`,
  options: {
    postPath: "/api/notes",
    postShare: 0.1,
    traffic: { keepalive: { clients: users, perSecond: users, idleSeconds: 0, arriveSeconds } },
  },
});

const saturating = {
  name: `${connections} connections without a pause`,
  options: { traffic: { keepalive: { clients: connections, perSecond: unlimited, idleSeconds: 0 } } },
};

async function loaded({ way, to, networkOf }: Entrance, options: Omit<LoadOptions, "url"> & { seconds: number }) {
  const home = await mkdtemp(path.join(tmpdir(), "trivet-bench-"));
  try {
    const load = await startLoad({ ...to, ...options }, { file: path.join(home, "load.jsonl"), networkOf });
    await Promise.race([sleep((options.seconds * 1000) / 2), load.ended]);
    const sizes = await nodeMemory();
    const { from, seconds, perSecond, total, nodes } = await load.ended;
    return { record: { way, at: from, seconds, perSecond, total, nodes }, sizes };
  } finally {
    await rm(home, { recursive: true });
  }
}

/** A worker of the first node as it is, in clear text over the node's own loopback: no balancer, no nginx, no TLS. */
async function bareWorker(): Promise<Entrance> {
  const machines = (await hostFabric(paths.cloud).machines()).filter(({ leaderPid }) => leaderPid !== null);
  const [machine] = machines.sort((a, b) => a.name.localeCompare(b.name));
  if (!machine) throw new Error("no cluster is up; `npm run up` first");
  const units = await inside(machine, "systemctl list-units --plain --no-legend --state=active 'app@*.service'");
  const port = /^app@(\d+)\.service/m.exec(units)?.[1];
  if (port === undefined) throw new Error(`no worker runs on ${machine.name}; \`npx trivet deploy example\` first`);
  return { way: "one bare worker", to: { url: `http://127.0.0.1:${port}` }, networkOf: machine.leaderPid! };
}

/**
 * How many processes each node's systemd saw killed since then. Where the kernel tells systemd of a lack of memory, it says
 * so; where it does not, it is a KILL like any other. Nothing here sends one.
 */
async function killed(since: number): Promise<number[]> {
  const journal = `journalctl --no-pager -q --since=@${since} _PID=1`;
  const command = `${journal} | grep -cE 'OOM killer|oom-kill|code=killed, status=9/KILL' || true`;
  return (await inEveryNode(command)).map(Number);
}
