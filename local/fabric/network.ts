import { existsSync } from "node:fs";
import { namespace, publicRange, uplink } from "../paths";
import { readText, writeText } from "./files";
import { applyFaults } from "./faults";
import { ip, netnsDir, nft, run, runIn, succeeds } from "./host";
import { runDir } from "./places";
import { publicBridge, spoofProtection, vpcBridge } from "./ports";
import { cidr, within } from "./ranges";
import type { VpcSpec } from "./types";

/** The host's end of the link to the cloud. */
const hostLink = "trivet0";
const cloudLink = "uplink";

/** Loses against any other route: it only catches what would else leave by the default route. */
const lastResort = 4_278_198_272;

const formerForwarding = `${runDir}/ip_forward`;
const forwardingSwitch = "net.ipv4.ip_forward";

/** Machines reach out as the host does; nobody but the host reaches in. */
const hostRules = `
table ip trivet
delete table ip trivet
table ip trivet {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    iifname "${hostLink}" masquerade
  }
  chain forward {
    type filter hook forward priority filter;
    iifname "${hostLink}" accept
    oifname "${hostLink}" ct state established,related accept
    oifname "${hostLink}" drop
  }
}
`;

/** A VPC is a network of its own: nothing is routed into or out of it. Frames within a bridge pass here too. */
const pathRules = `table inet trivet_paths {
  set bridged {
    type ifname . ifname
  }
  chain forward {
    type filter hook forward priority filter - 10; policy drop;
    iifname "${cloudLink}" oifname "${publicBridge}" accept
    iifname "${publicBridge}" oifname "${cloudLink}" accept
    iifname "${publicBridge}" oifname "${publicBridge}" accept
    iifname . oifname @bridged accept
  }
}
`;

/** Makes the namespace with its public bridge and the link to the host, where they are missing. */
export async function startNetwork(): Promise<void> {
  const mtu = await uplinkMtu();
  if (!existsSync(`${netnsDir}/${namespace}`)) await run("ip", ["netns", "add", namespace]);
  await ip(namespace, ["link set lo up"]);
  await connectHost(mtu);
  await switchOnForwarding();
  await setSysctls(namespace, {
    [forwardingSwitch]: 1,
    "net.ipv6.conf.all.disable_ipv6": 1,
    "net.ipv6.conf.default.disable_ipv6": 1,
    ...(await bridgeFiltering()),
  });
  await putBridge(publicBridge, publicRange, mtu);
  await ip(namespace, [`route replace default via ${uplink.host}`]);
  await putTable("bridge", "trivet", spoofProtection);
  await putTable("inet", "trivet_paths", pathRules);
  await applyFaults();
}

/** Interfaces in the cloud must not promise larger packets than the host's way out carries. */
export async function uplinkMtu(): Promise<number> {
  const routes = JSON.parse(await run("ip", ["-4", "-json", "route", "show", "default"])) as { dev: string }[];
  const device = routes[0]?.dev;
  if (device === undefined) return 1500;
  const links = JSON.parse(await run("ip", ["-json", "link", "show", "dev", device])) as { mtu: number }[];
  return Math.min(links[0]?.mtu ?? 1500, 1500);
}

export async function putVpcBridge(vpc: VpcSpec): Promise<void> {
  const bridge = vpcBridge(vpc.id);
  await putBridge(bridge, vpc.ipRange, await uplinkMtu());
  await ip(undefined, [`route replace unreachable ${vpc.ipRange} metric ${lastResort}`]);
  await nft(`add element inet trivet_paths bridged { ${bridge} . ${bridge} }\n`);
}

export async function removeVpcBridge(vpc: VpcSpec): Promise<void> {
  const element = `element inet trivet_paths bridged { ${vpcBridge(vpc.id)} . ${vpcBridge(vpc.id)} }`;
  await nft(`add ${element}\ndelete ${element}\n`);
  await ip(namespace, [`link del ${vpcBridge(vpc.id)}`, unreachable(vpc.ipRange)], { force: true });
  await ip(undefined, [unreachable(vpc.ipRange)], { force: true });
}

/** Everything at once: interfaces, bridges, routes and rules of the cloud go with their namespaces. */
export async function removeNetwork(): Promise<void> {
  for (const netns of await cloudNamespaces()) await run("ip", ["netns", "del", netns]);
  await ip(undefined, [`link del ${hostLink}`], { force: true });
  await ip(
    undefined,
    (await lastResorts()).map((range) => unreachable(range)),
    { force: true },
  );
  if (await succeeds("nft", ["list", "table", "ip", "trivet"])) await nft("delete table ip trivet\n", "host");
  for (const rule of await dockerBypass("-C")) await run("iptables", ["-D", ...rule]);
  const former = await readText(formerForwarding);
  if (former !== undefined) await run("sysctl", ["-qw", `${forwardingSwitch}=${former.trim()}`]);
}

/** What of the network is still there, in words. */
export async function networkLeftovers(): Promise<string[]> {
  const links = JSON.parse(await run("ip", ["-json", "link", "show"])) as { ifname: string }[];
  return [
    ...(await cloudNamespaces()).map((name) => `network namespace ${name}`),
    ...links.filter((link) => link.ifname === hostLink).map(() => `interface ${hostLink}`),
    ...(await lastResorts()).map((range) => `route to ${range}`),
    ...((await succeeds("nft", ["list", "table", "ip", "trivet"])) ? ["nft table ip trivet"] : []),
    ...((await dockerBypass("-C")).length > 0 ? ["iptables rules in FORWARD"] : []),
  ];
}

export async function cloudNamespaces(): Promise<string[]> {
  const names = (await run("ip", ["netns", "list"])).split("\n").map((line) => line.split(" ")[0] ?? "");
  return names.filter((name) => name === namespace || name.startsWith(`${namespace}-`));
}

async function lastResorts(): Promise<string[]> {
  const routes = JSON.parse(await run("ip", ["-4", "-json", "route", "show", "type", "unreachable"])) as {
    dst: string;
    metric?: number;
  }[];
  return routes.filter((route) => route.metric === lastResort).map((route) => route.dst);
}

const unreachable = (range: string) => `route del unreachable ${range} metric ${lastResort}`;

async function putBridge(name: string, range: string, mtu: number): Promise<void> {
  await ip(namespace, [`link add ${name} type bridge`], { force: true });
  await ip(namespace, [
    `link set ${name} mtu ${mtu} up`,
    `addr replace ${within(cidr(range).gateway, range)} dev ${name}`,
    `route replace unreachable ${range} metric ${lastResort}`,
  ]);
}

async function connectHost(mtu: number): Promise<void> {
  if (!(await succeeds("ip", ["link", "show", hostLink]))) {
    await ip(undefined, [`link add ${hostLink} type veth peer name ${cloudLink} netns ${namespace}`]);
  }
  await ip(namespace, [
    `link set ${cloudLink} mtu ${mtu} up`,
    `addr replace ${within(uplink.cloud, uplink.range)} dev ${cloudLink}`,
  ]);
  await ip(undefined, [
    `link set ${hostLink} mtu ${mtu} up`,
    `addr replace ${within(uplink.host, uplink.range)} dev ${hostLink}`,
    `route replace ${publicRange} via ${uplink.cloud} dev ${hostLink}`,
    `route replace unreachable ${publicRange} metric ${lastResort}`,
  ]);
  await nft(hostRules, "host");
  for (const rule of await dockerBypass("missing")) await run("iptables", ["-I", ...rule]);
}

/**
 * Docker sets the FORWARD chain's policy to DROP, which an accepting table of our own does not outweigh.
 * Gives the rules against that which are there ("-C"), or which the host needs and lacks ("missing").
 */
async function dockerBypass(which: "-C" | "missing"): Promise<string[][]> {
  if (!(await succeeds("iptables", ["-S", "FORWARD"]))) return [];
  const drops = (await run("iptables", ["-S", "FORWARD"])).includes("-P FORWARD DROP");
  const rules = ["-i", "-o"].map((way) => ["FORWARD", way, hostLink, "-j", "ACCEPT"]);
  const there = await Promise.all(rules.map((rule) => succeeds("iptables", ["-C", ...rule])));
  return rules.filter((_, index) => (which === "-C" ? there[index] : drops && !there[index]));
}

async function switchOnForwarding(): Promise<void> {
  if ((await readText(formerForwarding)) === undefined) {
    await writeText(formerForwarding, await run("sysctl", ["-n", forwardingSwitch]));
  }
  await run("sysctl", ["-qw", `${forwardingSwitch}=1`]);
}

/** The stateful firewall sits in the IP hooks, so frames within a bridge must pass them. */
async function bridgeFiltering(): Promise<Record<string, number>> {
  if (!existsSync("/proc/sys/net/bridge")) await run("modprobe", ["br_netfilter"]);
  return { "net.bridge.bridge-nf-call-iptables": 1, "net.bridge.bridge-nf-call-ip6tables": 0 };
}

async function setSysctls(netns: string, values: Record<string, number>): Promise<void> {
  const settings = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  await runIn(netns, "sysctl", ["-qw", ...settings]);
}

/** Made once: made again, it would forget which elements its sets hold. */
async function putTable(family: string, name: string, script: string): Promise<void> {
  const exists = await runIn(namespace, "nft", ["list", "tables", family]);
  if (!exists.split("\n").includes(`table ${family} ${name}`)) await nft(script);
}
