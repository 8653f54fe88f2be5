import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { namespace } from "../paths";
import { reconnect } from "./faults";
import { ip, netnsDir, nft, run } from "./host";

/** One network interface of a machine or a balancer: a cable from its own namespace to a bridge. */
export interface Port {
  /** The cable's end at the bridge, in the cloud's namespace. */
  name: string;
  bridge: string;
  /** The cable's end inside, in the namespace `netns`. */
  inside: "eth0" | "eth1";
  netns: string;
  mac: string;
  address: string;
}

export const publicBridge = "public";

/** Bridge of a VPC; interface names have at most 15 characters, so the id's first part must do. */
export const vpcBridge = (vpcId: string) => `vpc-${vpcId.slice(0, 8)}`;

/** Locally administered, and the same whenever the same machine comes back. */
function macOf(seed: string): string {
  const digest = createHash("sha256").update(seed).digest("hex");
  return ["02", ...(digest.slice(0, 10).match(/../g) ?? [])].join(":");
}

export function machinePorts(machine: { id: number; vpcId: string; publicIp: string; privateIp: string }): Port[] {
  const netns = machineNetns(machine.id);
  return portsOf(`m%${machine.id}`, netns, machine.publicIp, vpcBridge(machine.vpcId), machine.privateIp);
}

export function balancerPorts(balancer: { id: string; vpcId: string; publicIp: string; vpcIp: string }): Port[] {
  const netns = balancerNetns(balancer.id);
  return portsOf(`b%${balancer.id.slice(0, 8)}`, netns, balancer.publicIp, vpcBridge(balancer.vpcId), balancer.vpcIp);
}

export const machineNetns = (id: number) => `${namespace}-${id}`;
export const balancerNetns = (id: string) => `${namespace}-${id.slice(0, 8)}`;

function portsOf(pattern: string, netns: string, publicIp: string, vpc: string, privateIp: string): Port[] {
  const port = (letter: string, inside: Port["inside"], bridge: string, address: string): Port => {
    const name = pattern.replace("%", letter);
    return { name, bridge, inside, netns, mac: macOf(name), address };
  };
  return [port("p", "eth0", publicBridge, publicIp), port("v", "eth1", vpc, privateIp)];
}

/** Plugs the cables in where they are missing, and lets exactly their addresses through. */
export async function plugIn(ports: Port[], mtu: number): Promise<void> {
  for (const port of ports) {
    if (!existsSync(`${netnsDir}/${port.netns}`)) await run("ip", ["netns", "add", port.netns]);
    if (!(await linkExists(port.name))) {
      const inside = `peer name ${port.inside} netns ${port.netns} address ${port.mac} mtu ${mtu}`;
      await ip(namespace, [`link add ${port.name} mtu ${mtu} type veth ${inside}`]);
    }
    await ip(namespace, [`link set ${port.name} master ${port.bridge} up`]);
  }
  await nft(ports.map((port) => admission("add", port)).join(""));
}

/**
 * The machines' own interfaces stay; what they send and what is sent to them goes nowhere. From one moment on nothing of
 * any of them passes: links go down one after the other, so what is admitted goes first.
 */
export async function pullOut(ports: Port[]): Promise<void> {
  if (!existsSync(`${netnsDir}/${namespace}`)) return;
  await nft(ports.map(withdrawal).join(""));
  await ip(
    namespace,
    ports.map((port) => `link set ${port.name} down`),
    { force: true },
  );
}

/** Takes the ports and their namespace away; a cable goes with either of its ends. */
export async function removePorts(ports: Port[]): Promise<void> {
  await ip(
    namespace,
    ports.map((port) => `link del ${port.name}`),
    { force: true },
  );
  for (const netns of new Set(ports.map((port) => port.netns))) {
    if (existsSync(`${netnsDir}/${netns}`)) await run("ip", ["netns", "del", netns]);
  }
  if (existsSync(`${netnsDir}/${namespace}`)) {
    await reconnect(ports);
    await nft(ports.map(withdrawal).join(""));
  }
}

/** Deleting what may not be there is an error to nft, unless the same transaction adds it first. */
const withdrawal = (port: Port) => admission("add", port) + admission("delete", port);

function admission(verb: "add" | "delete", port: Port): string {
  return `${verb} element bridge trivet sources { ${port.name} . ${port.mac} . ${port.address} }\n`;
}

/**
 * Spoofing protection as on DigitalOcean: a machine's frames pass only with its own MAC and IPv4 address, and nothing
 * but IPv4 and ARP passes at all. A named set, so that a machine comes and goes without touching the others.
 */
export const spoofProtection = `table bridge trivet {
  set sources {
    type ifname . ether_addr . ipv4_addr
  }
  chain prerouting {
    type filter hook prerouting priority -300; policy accept;
    iifname "mp*" goto port
    iifname "mv*" goto port
    iifname "bp*" goto port
    iifname "bv*" goto port
  }
  chain port {
    ether type ip iifname . ether saddr . ip saddr @sources accept
    ether type arp iifname . ether saddr . arp saddr ip @sources accept
    drop
  }
}
`;

async function linkExists(name: string): Promise<boolean> {
  const links = JSON.parse(await run("ip", ["-n", namespace, "-json", "link", "show"])) as { ifname: string }[];
  return links.some((link) => link.ifname === name);
}
