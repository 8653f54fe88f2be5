import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Session } from "../../drills/load/http2";
import { pageRequest } from "../../drills/load/requests";
import { loadSpec } from "../../drills/load/spec";
import { mixed, startLoad, type LoadOptions, type Summary, type Traffic } from "../../drills/load";
import { paths } from "../../local/paths";
import { inside, primaryNode, sql, stackOutputs } from "./cluster";

/** All but the requests of 20 s, the last of which the end of a load waits for. */
export const brief: Traffic = { ...mixed(60), slow: undefined };

/** Where clients find the application. */
async function origin() {
  const { url, loadBalancerIp } = (await stackOutputs()) as { url: string; loadBalancerIp: string };
  return { url, address: loadBalancerIp, ca: readFileSync(paths.caCertificate, "utf8") };
}

/** Clients of every kind through the load balancer while something happens. Every request must be answered. */
export async function under(load: Partial<LoadOptions>, happens: () => Promise<void>): Promise<Summary> {
  const run = `load-${Date.now()}`;
  const folder = mkdtempSync(path.join(tmpdir(), "trivet-traffic-"));
  const clients = await startLoad(
    {
      ...(await origin()),
      run,
      seconds: 900,
      timeoutSeconds: 30,
      postPath: "/notes",
      traffic: mixed(60),
      ...load,
    },
    { file: path.join(folder, "load.jsonl") },
  );
  try {
    await happens();
  } finally {
    await clients.stop().catch(() => undefined);
  }
  const summary = await clients.ended;
  rmSync(folder, { recursive: true });
  if (summary.total.failed > 0)
    expect.fail(`${JSON.stringify(summary.examples.slice(0, 10), null, 2)}\n${await nginxSays()}`);
  await expectStoredOnce(run, summary);
  return summary;
}

/** What each node's nginx has logged last of answers that were errors, and of why. */
async function nginxSays(): Promise<string> {
  const last = `grep -h '"status":50' /var/log/nginx/access.log | tail -3; grep -hE '\\[(error|crit)\\]' /var/log/nginx/error.log | tail -5`;
  const said = ["ash", "birch", "cedar"].map(async (node) => {
    const lines = await inside(node, last).catch((error: Error) => error.message);
    return `${node}:\n${lines}`;
  });
  return (await Promise.all(said)).join("\n");
}

/** A note that was confirmed is there, once; none is there twice. */
async function expectStoredOnce(run: string, { asked, total }: Summary): Promise<void> {
  const stored = await sql(
    await primaryNode(),
    `SELECT count(*), count(DISTINCT text) FROM notes WHERE text LIKE '${run}/%'`,
  );
  const [rows, distinct] = stored.split("|").map(Number);
  const confirmed = asked["POST /notes"]?.ok ?? 0;
  expect(rows).to.equal(distinct);
  expect(rows).to.be.within(confirmed, confirmed + total.unfinished);
}

/** One client's HTTP/2 session: a new one when the server says goodbye. */
interface AskingSession {
  /** The node that answers, and well. */
  asks(): Promise<string>;
  close(): void;
}

/** A session that begins on this node; the balancer picks one for each connection. */
export async function http2Session(node: string): Promise<AskingSession> {
  const spec = loadSpec(await origin());
  for (let attempt = 0; attempt < 50; attempt++) {
    const session = new Session(spec, new AbortController().signal);
    const asks = async () => (await session.deliver(pageRequest(spec))).node!;
    if ((await asks()) === node) return { asks, close: () => session.close() };
    session.close();
  }
  throw new Error(`no connection of 50 was ${node}'s`);
}
