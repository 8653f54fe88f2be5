import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClientSpec, DrillEvent, Orders } from "./events";
import { open, Refused, type Session } from "./sessions";

/**
 * The clients of one node, as a process of this host with only the network of the node's machine: it lives on when the
 * machine dies. Takes its orders on standard input and writes what happens to standard output, a JSON line each.
 */

const now = () => performance.timeOrigin + performance.now();
// To a file, this is written before the next statement is sent, so that even a killed writer leaves no write untold.
const tell = (event: DrillEvent) => process.stdout.write(`${JSON.stringify(event)}\n`);
const saying = (error: unknown) => (error instanceof Error ? error.message || error.name : String(error));

async function write(spec: ClientSpec, { run, writes }: Orders, until: number): Promise<void> {
  let session: Session | undefined;
  for (let id = 1; id <= writes && now() < until; id++) {
    const next = now() + spec.intervalMs;
    let sent = false;
    tell({ at: now(), client: spec.name, id, what: "attempt" });
    try {
      session ??= await open(spec);
      sent = true;
      await session.write(run, spec.name, id);
      tell({ at: now(), client: spec.name, id, what: "acknowledged" });
    } catch (error) {
      const what = !sent || error instanceof Refused ? "failed" : "unknown";
      tell({ at: now(), client: spec.name, id, what, error: saying(error) });
      // A standby's refusal leaves the connection as good as it was.
      if (!(error instanceof Refused)) session = void session?.close();
    }
    await sleep(Math.max(0, next - now()));
  }
  session?.close();
}

async function watch(spec: ClientSpec, until: number): Promise<void> {
  let session: Session | undefined;
  while (now() < until) {
    const asked = now();
    const client = spec.name;
    try {
      session ??= await open(spec);
      const primary = await session.isPrimary();
      tell({ at: now(), client, what: "claim", asked, primary });
    } catch {
      tell({ at: now(), client, what: "claim", asked });
      session = void session?.close();
    }
    await sleep(Math.max(0, asked + spec.intervalMs - now()));
  }
  session?.close();
}

const input = createInterface(process.stdin);
input.once("line", (line) => {
  const orders = JSON.parse(line) as Orders;
  const until = now() + orders.seconds * 1000;
  const work = orders.clients.map((spec) => (spec.kind === "claim" ? watch(spec, until) : write(spec, orders, until)));
  void Promise.all(work).then(() => process.exit(0));
});
input.once("close", () => process.exit(0));
