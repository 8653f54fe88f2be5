import type {
  BalancerSpec,
  Fabric,
  FirewalledMachine,
  MachineSpec,
  MachineState,
  VpcSpec,
} from "../../../local/fabric/types";

/** A fabric in memory: keeps what it was told, in the order in which it was told. */
export class RecordingFabric implements Fabric {
  readonly calls: string[] = [];
  readonly vpcs = new Map<string, VpcSpec>();
  readonly machines = new Map<number, MachineSpec>();
  readonly states = new Map<number, MachineState>();
  readonly balancers = new Map<string, BalancerSpec>();
  firewalls: FirewalledMachine[] = [];
  /** Set to make the next call of that name fail. */
  readonly faults = new Map<string, string>();
  /** How many calls run on each machine now, and the most that ever did. */
  private readonly running = new Map<number, number>();
  mostAtOnce = 0;
  private held: Promise<void> = Promise.resolve();

  /** From now on no machine does what it is told, until what is returned is called. */
  hold(): () => void {
    let release = () => {};
    this.held = new Promise((resolve) => (release = resolve));
    return release;
  }

  start = () => this.told("start");

  async putVpc(vpc: VpcSpec) {
    await this.told("putVpc", vpc.id);
    this.vpcs.set(vpc.id, vpc);
  }

  async removeVpc(id: string) {
    await this.told("removeVpc", id);
    this.vpcs.delete(id);
  }

  putMachine = (machine: MachineSpec) =>
    this.onMachine("putMachine", machine.id, () => {
      this.machines.set(machine.id, machine);
      if (this.states.get(machine.id) === undefined) this.states.set(machine.id, "active");
    });

  powerOff = (id: number, how: string) => this.onMachine(`powerOff ${how}`, id, () => this.states.set(id, "off"));

  powerOn = (id: number) => this.onMachine("powerOn", id, () => this.states.set(id, "active"));

  removeMachine = (id: number) =>
    this.onMachine("removeMachine", id, () => {
      this.machines.delete(id);
      this.states.delete(id);
    });

  machineState = (id: number) => Promise.resolve(this.states.get(id) ?? "absent");

  async setFirewalls(machines: FirewalledMachine[]) {
    await this.told("setFirewalls");
    this.firewalls = machines;
  }

  async putBalancer(balancer: BalancerSpec) {
    await this.told("putBalancer", balancer.id);
    this.balancers.set(balancer.id, balancer);
  }

  async removeBalancer(id: string) {
    await this.told("removeBalancer", id);
    this.balancers.delete(id);
  }

  private async onMachine(call: string, id: number, effect: () => unknown): Promise<void> {
    const now = (this.running.get(id) ?? 0) + 1;
    this.running.set(id, now);
    this.mostAtOnce = Math.max(this.mostAtOnce, now);
    try {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await this.held;
      await this.told(call, id);
      effect();
    } finally {
      this.running.set(id, (this.running.get(id) ?? 1) - 1);
    }
  }

  private async told(call: string, subject?: string | number): Promise<void> {
    await Promise.resolve();
    this.calls.push(subject === undefined ? call : `${call} ${subject}`);
    const fault = this.faults.get(call);
    if (fault === undefined) return;
    this.faults.delete(call);
    throw new Error(fault);
  }
}

/** For the process's --fabric option. */
export const hostFabric = () => new RecordingFabric();
