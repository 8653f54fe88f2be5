import { rm } from "node:fs/promises";
import * as path from "node:path";
import { UserError } from "../../cli/errors";
import { ensurePebble } from "../pebble/build";
import * as balancers from "./balancer";
import { balancerSpecs, findVpc, machineSpecs, named } from "./books";
import { writeJson } from "./files";
import * as disks from "./disk";
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
import * as processes from "./processes";
import { startServices } from "./services";
import { leftovers, teardown } from "./teardown";
import type { Fabric, MachineSpec, MachineState } from "./types";

export type * from "./types";
export type { Direction } from "./faults";
export type { MachineProcess } from "./processes";
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
  /** Makes what is costly and cached ahead of time: the machine image, the Node.js archive, the issuer's program. */
  prepare(): Promise<void>;
  machines(): Promise<Machine[]>;
  /** The balancer's own view of its backends. */
  balancerState(id: string): Promise<{ backend: string; up: boolean }[]>;

  /**
   * A power cut without warning, of all of them in one moment. A disk keeps what was synced to it, and may lose the rest.
   * It ends freezing. A machine that is off is no fault.
   */
  cut(...names: string[]): Promise<void>;
  /** Switches machines on, side by side. */
  restore(...names: string[]): Promise<void>;
  /**
   * Drops silently the packets that a machine or balancer sends ("out"), is sent ("in") or, by default, both; with
   * `peers`, only what passes between it and those machines and balancers. It lasts until healed, through power cuts too.
   */
  partition(name: string, options?: { peers?: string[]; direction?: faults.Direction }): Promise<void>;
  /**
   * Drops each packet that a machine or balancer sends or is sent with a probability of `percent` (a whole number from 1
   * to 100); with `peers`, only what passes between it and those. Said again, it replaces the percentage.
   */
  lossy(name: string, percent: number, peers?: string[]): Promise<void>;
  /** Ends the partitions and losses of one machine or balancer, or all; nothing else. */
  heal(name?: string): Promise<void>;

  /**
   * Sends a signal ("STOP", "SIGCONT", …) to the processes in a machine whose full command line matches a regular
   * expression, and gives those processes. Nothing continues what was stopped but CONT.
   * @throws UserError when none matches, the machine is off, or the signal or the expression is none
   */
  signal(name: string, signal: string, pattern: string): Promise<processes.MachineProcess[]>;
  /** Holds every write to a machine's disk until it is thawed or its power is cut. Frozen already is no fault. */
  freeze(name: string): Promise<void>;
  /** Lets the held writes go on. Not frozen is no fault. */
  thaw(name: string): Promise<void>;
  /** Leaves no free block on a machine's disk, until `unfill`, through power cuts too. */
  fill(name: string): Promise<void>;
  unfill(name: string): Promise<void>;

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

  /** Locks are taken in one order, or two who want the same machines would wait for each other. */
  const onMachines = (ids: number[], work: () => Promise<void>): Promise<void> =>
    [...ids].sort((a, b) => a - b).reduceRight((inner, id) => () => onMachine(id, inner), work)();
  const onDisk = async (name: string, work: (place: disks.MachinePlaces) => Promise<unknown>) => {
    const machine = await named(places, name);
    await onMachine(machine.id, async () => {
      await refuseUnlessOn(machine);
      await work(places.machine(machine.id));
    });
  };
  /** @throws UserError when the machine is off */
  const refuseUnlessOn = async ({ id, name }: MachineSpec): Promise<void> => {
    const state = await machines.machineState(places, id);
    if (state !== "active") throw new UserError(`local cloud: ${name} is ${state}; restore it first.`);
  };

  return {
    start: async () => {
      await takeOwnership(places);
      await onNetwork(async () => {
        await disks.shareMounts(places.machines);
        await startNetwork();
        await startServices(places);
        await applyFirewalls(places);
      });
    },
    prepare: async () => {
      await Promise.all([...imageSlugs.map((slug) => imageRoot(slug)), ensureMirror(), ensurePebble()]);
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

    cut: async (...names) => {
      const ids = await idsOf(places, names);
      await onMachines(ids, () => machines.pullPlugs(places, ids));
    },
    restore: async (...names) => {
      const ids = await idsOf(places, names);
      await Promise.all(ids.map((id) => onMachine(id, () => machines.powerOn(places, id))));
    },
    partition: async (name, { peers, direction } = {}) => {
      await faults.lose(
        faults.lossesAt(await portsOf(places, name), { peers: await peersOf(places, name, peers), direction }),
      );
    },
    lossy: async (name, percent, peers) => {
      const share = { percent: faults.checkedPercent(percent), peers: await peersOf(places, name, peers) };
      await faults.lose(faults.lossesAt(await portsOf(places, name), share));
    },
    heal: async (name) => {
      if (name === undefined) await faults.reconnectAll();
      else await faults.reconnect(await portsOf(places, name));
    },

    signal: async (name, signal, pattern) => {
      const [wanted, expression] = [processes.signalNamed(signal), processes.commandPattern(pattern)];
      const machine = await named(places, name);
      await refuseUnlessOn(machine);
      const all = await processes.processesOf(machines.groupOf(machine.id));
      const meant = all.filter(({ command }) => expression.test(command));
      if (meant.length === 0) throw new UserError(`local cloud: no process of ${name} matches "${pattern}".`);
      processes.signalAll(meant, wanted);
      return meant;
    },
    freeze: (name) => onDisk(name, ({ disk }) => disks.freezeDisk(disk)),
    thaw: (name) => onDisk(name, ({ disk }) => disks.thawDisk(disk)),
    fill: (name) => onDisk(name, disks.fillDisk),
    unfill: (name) => onDisk(name, disks.unfillDisk),

    teardown: () => teardown(places),
    leftovers: () => leftovers(places),
  };
}

async function describe(places: Places, { id, name, publicIp, privateIp }: MachineSpec): Promise<Machine> {
  const [state, pid] = await Promise.all([machines.machineState(places, id), machines.leaderPid(id)]);
  return { name, publicIp, privateIp, state, leaderPid: pid ?? null };
}

/** Every name is looked up before anything is done, and counts once. */
async function idsOf(places: Places, names: string[]): Promise<number[]> {
  const specs = await Promise.all(names.map((name) => named(places, name)));
  return [...new Set(specs.map(({ id }) => id))];
}

/** @throws UserError when a machine or balancer is its own peer */
async function peersOf(places: Places, name: string, names: string[] | undefined): Promise<Port[] | undefined> {
  if (names?.includes(name)) throw new UserError(`local cloud: nothing lies between ${name} and itself; name others.`);
  return names && (await Promise.all(names.map((name) => portsOf(places, name)))).flat();
}

/** @throws Error when there is neither a machine nor a balancer of that name */
async function portsOf(places: Places, name: string): Promise<Port[]> {
  const balancer = (await balancerSpecs(places)).find((it) => it.name === name);
  return balancer ? balancerPorts(balancer) : machinePorts(await named(places, name));
}
