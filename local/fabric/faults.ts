import { existsSync } from "node:fs";
import { UserError } from "../../cli/errors";
import { namespace } from "../paths";
import { readJson, writeJson } from "./files";
import { netnsDir, nft } from "./host";
import { locked } from "./lock";
import { runDir } from "./places";
import type { Port } from "./ports";

/** As seen from the machine: "in" loses what is sent to it, "out" what it sends. */
export type Direction = "in" | "out" | "both";

/**
 * Packets that get lost: those that come from one port, those that go to another, or, with both given, those that pass
 * from the one to the other.
 */
export interface Loss {
  from?: string;
  to?: string;
  /** How many of a hundred, at random; all of them where it is absent. */
  percent?: number;
}

/** Like the kernel's state, the list must not survive the host's restart. */
const listFile = `${runDir}/faults.json`;

/**
 * What is lost at these ports; with `peers`, only what passes between them and the peers' ports on the same bridges.
 */
export function lossesAt(
  ports: Port[],
  { peers, direction = "both", percent }: { peers?: Port[]; direction?: Direction; percent?: number } = {},
): Loss[] {
  const links = ports.flatMap(({ name: near, bridge }) => {
    const others: (string | undefined)[] = peers?.filter((peer) => peer.bridge === bridge).map(({ name }) => name) ?? [
      undefined,
    ];
    return others.map((far) => ({ near, far }));
  });
  return links.flatMap(({ near, far }) => [
    ...(direction === "in" ? [] : [{ from: near, to: far, percent }]),
    ...(direction === "out" ? [] : [{ from: far, to: near, percent }]),
  ]);
}

/**
 * The nft script that makes these the only losses. They have a table of their own at the bridges' ports, below the
 * firewall and whatever the balancer or the host sends. Only IPv4 is lost: were ARP lost too, a one-way fault would turn
 * into a full one as soon as a neighbour is forgotten, and a silent one into "no route to host".
 */
export function faultScript(losses: Loss[]): string {
  const table = "table bridge trivet_faults";
  const chain = (name: string, hook: string, among: (loss: Loss) => boolean) => [
    `  chain ${name} {`,
    `    type filter hook ${hook}; policy accept;`,
    ...losses.filter(among).map((loss) => `    ${rule(loss)}`),
    "  }",
  ];
  return [
    table,
    `delete ${table}`,
    `${table} {`,
    ...chain("entering", "prerouting priority -310", ({ to }) => to === undefined),
    ...chain("passing", "forward priority -310", ({ from, to }) => from !== undefined && to !== undefined),
    ...chain("leaving", "postrouting priority 310", ({ from }) => from === undefined),
    "}",
    "",
  ].join("\n");
}

function rule({ from, to, percent = 100 }: Loss): string {
  return [
    ...(from === undefined ? [] : [`iifname "${from}"`]),
    ...(to === undefined ? [] : [`oifname "${to}"`]),
    "ether type ip",
    // nft refuses a comparison that always holds.
    ...(percent === 100 ? [] : [`numgen random mod 100 < ${percent}`]),
    "drop",
  ].join(" ");
}

/** The later of two percentages for the same packets holds; a partition and a percentage hold both. */
export function combined(losses: Loss[], added: Loss[]): Loss[] {
  const what = ({ from = "", to = "", percent }: Loss) => `${from} ${to} ${percent === undefined}`;
  return [...new Map([...losses, ...added].map((loss) => [what(loss), loss])).values()];
}

/** The losses that none of these ports has a part in. */
export function withoutPorts(losses: Loss[], ports: Port[]): Loss[] {
  const names = new Set<string | undefined>(ports.map(({ name }) => name));
  return losses.filter(({ from, to }) => !names.has(from) && !names.has(to));
}

export const lose = (added: Loss[]) => change((losses) => combined(losses, added));

/** Ends every loss that these ports have a part in. */
export const reconnect = (ports: Port[]) => change((losses) => withoutPorts(losses, ports));

export const reconnectAll = () => change(() => []);

/** Says the losses again, in a namespace that was made since. */
export const applyFaults = () => change((losses) => losses);

async function change(changed: (losses: Loss[]) => Loss[]): Promise<void> {
  if (!existsSync(`${netnsDir}/${namespace}`)) {
    throw new UserError('local cloud: it is not there; run "npm run up" first.');
  }
  await locked("faults", async () => {
    const losses = changed((await readJson<Loss[]>(listFile)) ?? []);
    await nft(faultScript(losses));
    await writeJson(listFile, losses);
  });
}

/**
 * A share of packets in percent.
 * @throws UserError when it is not a whole number from 1 to 100
 */
export function checkedPercent(percent: number): number {
  if (Number.isInteger(percent) && percent >= 1 && percent <= 100) return percent;
  throw new UserError(`local cloud: the loss is ${percent} percent; wanted a whole number from 1 to 100.`);
}
