import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { mixed, startLoad, type LoadOptions, type Summary } from "../../drills/load";
import { paths } from "../../local/paths";
import { primaryNode, sql, stackOutputs } from "./cluster";

/** Clients of every kind through the load balancer while something happens. Every request must be answered. */
export async function under(load: Partial<LoadOptions>, happens: () => Promise<void>): Promise<Summary> {
  const { url, loadBalancerIp } = (await stackOutputs()) as { url: string; loadBalancerIp: string };
  const run = `load-${Date.now()}`;
  const folder = mkdtempSync(path.join(tmpdir(), "trivet-traffic-"));
  const clients = await startLoad(
    {
      url,
      address: loadBalancerIp,
      ca: readFileSync(paths.caCertificate, "utf8"),
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
  expect(summary.total.failed, JSON.stringify(summary.examples.slice(0, 10), null, 2)).to.equal(0);
  await expectStoredOnce(run, summary);
  return summary;
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
