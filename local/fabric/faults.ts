import { namespace } from "../paths";
import { nft, runIn } from "./host";
import type { Port } from "./ports";

/**
 * Faults live in a table of their own at the bridges' ports, below IP: whatever the firewall says, and whatever the
 * balancer or the host sends, an isolated port neither gives nor takes a frame.
 */
export const faultTable = `table bridge trivet_faults {
  set isolated {
    type ifname
  }
  set apart {
    type ifname . ifname
  }
  chain entering {
    type filter hook prerouting priority -310; policy accept;
    iifname @isolated drop
  }
  chain passing {
    type filter hook forward priority -310; policy accept;
    iifname . oifname @apart drop
  }
  chain leaving {
    type filter hook postrouting priority 310; policy accept;
    oifname @isolated drop
  }
}
`;

/** Drops silently whatever passes these ports, both ways. */
export async function isolate(ports: Port[]): Promise<void> {
  await nft(ports.map(({ name }) => `add element bridge trivet_faults isolated { ${name} }\n`).join(""));
}

/** Drops silently whatever passes between the one and the others, both ways; each still reaches everyone else. */
export async function separate(ports: Port[], others: Port[]): Promise<void> {
  const pairs = ports.flatMap((port) =>
    others
      .filter((other) => other.bridge === port.bridge)
      .flatMap((other) => [`${port.name} . ${other.name}`, `${other.name} . ${port.name}`]),
  );
  await nft(pairs.map((pair) => `add element bridge trivet_faults apart { ${pair} }\n`).join(""));
}

/** Takes back every isolation and separation of these ports. */
export async function reconnect(ports: Port[]): Promise<void> {
  const names = new Set(ports.map((port) => port.name));
  const isolated = (await elements<string>("isolated")).filter((name) => names.has(name));
  const apart = (await elements<{ concat: [string, string] }>("apart")).filter(({ concat }) =>
    concat.some((name) => names.has(name)),
  );
  const taken = [
    ...isolated.map((name) => `delete element bridge trivet_faults isolated { ${name} }\n`),
    ...apart.map(({ concat }) => `delete element bridge trivet_faults apart { ${concat.join(" . ")} }\n`),
  ];
  await nft(taken.join(""));
}

export async function reconnectAll(): Promise<void> {
  await nft("flush set bridge trivet_faults isolated\nflush set bridge trivet_faults apart\n");
}

async function elements<T>(set: string): Promise<T[]> {
  const listing = await runIn(namespace, "nft", ["-j", "list", "set", "bridge", "trivet_faults", set]);
  const { nftables } = JSON.parse(listing) as { nftables: { set?: { elem?: T[] } }[] };
  return nftables.flatMap((item) => item.set?.elem ?? []);
}
