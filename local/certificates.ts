import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { Machine } from "./fabric";
import { inside } from "./inside";
import { paths } from "./paths";
import { issuerRoots } from "./pebble";

/** Writes what a client on this host has to trust: the stack's own authority, and every root of the local issuer. */
export async function writeBundle(stackAuthority: string): Promise<void> {
  await writeFile(paths.caCertificate, `${stackAuthority.trimEnd()}\n${await issuerRoots(paths.cloud)}`);
}

/**
 * Has the nodes get the public certificate now instead of in their turn: the first that may orders it, the others take it
 * over, all at once. A machine that is off gets it when it is on. A node that has just come into rotation may not know it
 * yet: so they are asked up to `patience` times, a second apart.
 * @throws Error with the last node's last words when none gets it
 */
export async function getCertificate(machines: Machine[], { run = inside, patience = 30 } = {}): Promise<void> {
  const on = machines.filter(({ state }) => state === "active");
  for (let round = 1; ; round++) {
    const outcomes: Outcome[] = [];
    const waiting = [...on];
    while (waiting.length > 0 && !outcomes.some(({ wants }) => wants === null))
      outcomes.push(await renew(waiting.shift()!, run));
    outcomes.push(...(await Promise.all(waiting.map((machine) => renew(machine, run)))));
    const lacking = outcomes.filter(({ wants }) => wants !== null);
    if (lacking.length === 0) return;
    if (round >= patience) throw new Error(`no public certificate for the sites: ${lacking.at(-1)!.said}`);
    await pause(1000);
  }
}

interface Outcome {
  /** Why the node wants a certificate, if it does. */
  wants: string | null;
  /** Its last words. */
  said: string;
}

async function renew(machine: Machine, run: typeof inside): Promise<Outcome> {
  const script = "/usr/local/lib/trivet/certificate";
  const said = await run(machine, `${script} renew --now 2>&1 || true`);
  const { wantsAnother } = JSON.parse(await run(machine, `${script} status`)) as { wantsAnother: string | null };
  return { wants: wantsAnother, said: said.split("\n").at(-1) || (wantsAnother ?? "") };
}
