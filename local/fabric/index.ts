import { rm } from "node:fs/promises";
import * as path from "node:path";
import * as balancers from "./balancer";
import { balancerSpecs, findVpc, machineSpecs, named } from "./books";
import { writeJson } from "./files";
import * as faults from "./faults";
import { applyFirewalls, setFirewalls } from "./guard";
import { imageRoot, imageSlugs } from "./image";
import { locked } from "./lock";
import * as machines from "./machine";
import { ensureMirror } from "./mirror";
import { putVpcBridge, removeVpcBridge, startNetwork } from "./network";
import { takeOwnership } from "./owner";
import { Places } from "./places";
import { balancerPorts, machinePorts, type Port } from "./ports";
import { startServices } from "./services";
import { leftovers, teardown } from "./teardown";
import type { Fabric, MachineSpec, MachineState } from "./types";

export type * from "./types";
export { hostPackages, ubuntuPackages } from "./packages";
export { imageSlugs } from "./image";
export { archivePath, mirrored } from "./mirror";
export { services } from "./services";

export interface Machine {
  name: string;
  publicIp: string;
  privateIp: string;
  state: MachineState;
  /** The machine's init as this host sees it; null when the machine is off. */
  leaderPid: number | null;
}

/** The machines' side of the local cloud: what the API asks for, and what only whoever breaks or ends it asks for. */
export interface HostFabric extends Fabric {
  /** Makes what is costly and cached ahead of time: the machine image and the Node.js archive. */
  prepare(): Promise<void>;
  machines(): Promise<Machine[]>;
  /** The balancer's own view of its backends. */
  balancerState(id: string): Promise<{ backend: string; up: boolean }[]>;

  /** A power cut without warning; the disk keeps what the machine wrote. */
  cut(name: string): Promise<void>;
  /** Switches a machine on. */
  restore(name: string): Promise<void>;
  /**
   * Drops silently, both ways, all that a machine or balancer sends or is sent; or only what passes between it and the
   * machines and balancers of `from`. It lasts until healed, through power cuts too.
   */
  partition(name: string, from?: string[]): Promise<void>;
  /** Ends the partitions of one machine or balancer, or all. */
  heal(name?: string): Promise<void>;

  /** Removes all that the fabric made on the host, except the cache. */
  teardown(): Promise<void>;
  /** What is still there, a line each. */
  leftovers(): Promise<string[]>;
}

/**
 * The fabric whose files lie under `stateDir`. Any process may make one and act: what runs and what exists is read
 * from those files and from the kernel each time.
 */
export function hostFabric(stateDir: string): HostFabric {
  const places = new Places(stateDir);
  const onMachine = <T>(id: number, work: () => Promise<T>) => locked(`machine-${id}`, work);
  const onBalancer = <T>(id: string, work: () => Promise<T>) => locked(`balancer-${id}`, work);
  const onNetwork = <T>(work: () => Promise<T>) => locked("network", work);

  return {
    start: async () => {
      await takeOwnership(places);
      await onNetwork(async () => {
        await startNetwork();
        await startServices(places);
        await applyFirewalls(places);
      });
    },
    prepare: async () => {
      await Promise.all([...imageSlugs.map((slug) => imageRoot(slug)), ensureMirror()]);
    },

    putVpc: (vpc) =>
      onNetwork(async () => {
        await writeJson(path.join(places.vpcs, `${vpc.id}.json`), vpc);
        await putVpcBridge(vpc);
      }),
    removeVpc: (id) =>
      onNetwork(async () => {
        const vpc = await findVpc(places, id);
        if (vpc === undefined) return;
        await removeVpcBridge(vpc);
        await rm(path.join(places.vpcs, `${id}.json`));
      }),

    putMachine: (machine) => onMachine(machine.id, () => machines.putMachine(places, machine)),
    powerOff: (id, how) => onMachine(id, () => machines.powerOff(places, id, how)),
    powerOn: (id) => onMachine(id, () => machines.powerOn(places, id)),
    removeMachine: (id) => onMachine(id, () => machines.removeMachine(places, id)),
    machineState: (id) => machines.machineState(places, id),
    machines: async () => Promise.all((await machineSpecs(places)).map((spec) => describe(places, spec))),

    setFirewalls: (list) => setFirewalls(places, list),

    putBalancer: (balancer) => onBalancer(balancer.id, () => balancers.putBalancer(places, balancer)),
    removeBalancer: (id) => onBalancer(id, () => balancers.removeBalancer(places, id)),
    balancerState: (id) => balancers.balancerState(id),

    cut: async (name) => {
      const { id } = await named(places, name);
      await onMachine(id, () => machines.powerOff(places, id, "pull-the-plug"));
    },
    restore: async (name) => {
      const { id } = await named(places, name);
      await onMachine(id, () => machines.powerOn(places, id));
    },
    partition: async (name, from = []) => {
      const ports = await portsOf(places, name);
      if (from.length === 0) await faults.isolate(ports);
      for (const other of from) await faults.separate(ports, await portsOf(places, other));
    },
    heal: async (name) => {
      if (name === undefined) await faults.reconnectAll();
      else await faults.reconnect(await portsOf(places, name));
    },

    teardown: () => teardown(places),
    leftovers: () => leftovers(places),
  };
}

async function describe(places: Places, { id, name, publicIp, privateIp }: MachineSpec): Promise<Machine> {
  const [state, pid] = await Promise.all([machines.machineState(places, id), machines.leaderPid(id)]);
  return { name, publicIp, privateIp, state, leaderPid: pid ?? null };
}

/** @throws Error when there is neither a machine nor a balancer of that name */
async function portsOf(places: Places, name: string): Promise<Port[]> {
  const balancer = (await balancerSpecs(places)).find((it) => it.name === name);
  return balancer ? balancerPorts(balancer) : machinePorts(await named(places, name));
}
