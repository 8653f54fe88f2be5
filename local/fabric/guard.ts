import { machineSpecs } from "./books";
import { readJson, writeJson } from "./files";
import { firewallScript, type Guarded } from "./firewall";
import { nft } from "./host";
import { locked } from "./lock";
import type { Places } from "./places";
import type { FirewalledMachine } from "./types";

/** Remembered, so that a machine whose firewall is set before it exists is guarded from its first packet. */
export async function setFirewalls(places: Places, machines: FirewalledMachine[]): Promise<void> {
  await locked("firewalls", async () => {
    await writeJson(places.firewalls, machines);
    await load(places, machines);
  });
}

/** Says the remembered rules again, for machines or a namespace that were made since. */
export async function applyFirewalls(places: Places): Promise<void> {
  await locked("firewalls", async () => {
    await load(places, (await readJson<FirewalledMachine[]>(places.firewalls)) ?? []);
  });
}

async function load(places: Places, machines: FirewalledMachine[]): Promise<void> {
  const specs = await machineSpecs(places);
  const guarded = machines.flatMap(({ machineId, inbound, outbound }): Guarded[] => {
    const spec = specs.find(({ id }) => id === machineId);
    return spec ? [{ id: machineId, addresses: [spec.publicIp, spec.privateIp], inbound, outbound }] : [];
  });
  await nft(firewallScript(guarded));
}
