import { setTimeout as pause } from "node:timers/promises";
import type { Fabric } from "../fabric/types";
import { finishAction } from "./actionRecords";
import type { Books } from "./books";
import { ApiError } from "./errors";
import { compileFirewalls } from "./firewallRules";
import { KeyedQueue } from "./keyedQueue";
import type { Log } from "./log";
import type { Action, Droplet, Records, Vpc } from "./records";
import { balancerSpec, machineSpec } from "./specs";

/** Milliseconds: how often a booting machine is looked at, and how long it may take. */
export interface Pace {
  poll: number;
  bootLimit: number;
}

/**
 * Makes the fabric follow the books: at once where that is fast (networks, firewalls, balancers), in the background for
 * machines, one call at a time for each machine.
 */
export class Upkeep {
  private readonly queue = new KeyedQueue();
  private saidFirewalls: string | undefined;
  private readonly saidBalancers = new Map<string, string>();
  private stopping = false;

  constructor(
    private readonly books: Books,
    private readonly fabric: Fabric,
    private readonly log: Log,
    private readonly pace: Pace = { poll: 500, bootLimit: 180_000 },
  ) {}

  /** Says everything in the books to the fabric and takes up what a former process left unfinished. */
  async start(): Promise<void> {
    await this.fabric.start();
    for (const vpc of this.books.now.vpcs) await this.putVpc(vpc);
    await this.settle();
    for (const droplet of this.books.now.droplets) {
      if (droplet.phase === "deleting") this.destroy(droplet.id);
      else this.launch(droplet.id);
    }
    for (const action of this.books.now.actions) {
      if (action.status === "in-progress" && isPowerAction(action.type)) this.perform(action);
    }
  }

  /** Takes up nothing new and waits for the calls under way; machines stay as they are. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.idle();
  }

  /** Resolves when nothing goes on in the background. */
  idle(): Promise<void> {
    return this.queue.idle();
  }

  /** @throws ApiError 422 with the reason if the fabric cannot; so do removeVpc, settle and removeBalancer. */
  putVpc({ id, ipRange }: Vpc): Promise<void> {
    return this.queue.run("network", () => ask(`make the VPC ${ipRange}`, this.fabric.putVpc({ id, ipRange })));
  }

  removeVpc(id: string): Promise<void> {
    return this.queue.run("network", () => ask(`remove the VPC ${id}`, this.fabric.removeVpc(id)));
  }

  /** Tells the fabric what has changed in firewalls and balancers, and waits until it is in force. */
  settle(): Promise<void> {
    return this.queue.run("network", async () => {
      const firewalls = compileFirewalls(this.books.now);
      const written = JSON.stringify(firewalls);
      if (written !== this.saidFirewalls) {
        this.saidFirewalls = undefined;
        await ask("apply the firewalls", this.fabric.setFirewalls(firewalls));
        this.saidFirewalls = written;
      }
      for (const balancer of this.books.now.balancers) {
        const spec = balancerSpec(balancer, this.books.now);
        const said = JSON.stringify(spec);
        if (said === this.saidBalancers.get(balancer.id)) continue;
        this.saidBalancers.delete(balancer.id);
        await ask(`set up the load balancer ${balancer.name}`, this.fabric.putBalancer(spec));
        this.saidBalancers.set(balancer.id, said);
      }
    });
  }

  /** Removes a balancer from the host, then from the books: in the other order a crash between would leave it running. */
  async removeBalancer(id: string, strike: (records: Records) => void): Promise<void> {
    await this.queue.run("network", async () => {
      await ask(`remove the load balancer ${id}`, this.fabric.removeBalancer(id));
      this.saidBalancers.delete(id);
      this.books.change(strike);
    });
    await this.settle();
  }

  /** Boots a droplet's machine in the background, or finds it running. */
  launch(id: number): void {
    this.inBackground(id, async () => {
      const droplet = this.droplet(id);
      if (!droplet || droplet.phase === "deleting") return;
      try {
        await this.fabric.putMachine(machineSpec(droplet));
        if (droplet.phase !== "ready" && (await this.untilActive(id))) this.conclude(id, "ready");
      } catch (error) {
        this.log("error", `droplet ${id} (${droplet.name}): ${reason(error)}`);
        if (droplet.phase !== "ready") this.conclude(id, "failed");
      }
    });
  }

  /** Removes, in the background, the machine of a droplet that the books call "deleting", and then its entry. */
  destroy(id: number): void {
    this.inBackground(id, async () => {
      if (this.droplet(id)?.phase !== "deleting") return;
      try {
        await this.fabric.removeMachine(id);
        this.books.change((records) => strikeDroplet(records, id));
        await this.settle();
      } catch (error) {
        this.log("error", `droplet ${id} could not be removed: ${reason(error)}`);
        this.books.change((records) => {
          for (const droplet of records.droplets) if (droplet.id === id) droplet.phase = "failed";
        });
      }
    });
  }

  /** Carries out a power action in the background and closes its entry. */
  perform({ id, dropletId, type }: Action): void {
    this.inBackground(dropletId, async () => {
      let status: Action["status"] = "completed";
      try {
        if (type === "shutdown" || type === "reboot") await this.fabric.powerOff(dropletId, "shutdown");
        if (type === "power_off" || type === "power_cycle") await this.fabric.powerOff(dropletId, "pull-the-plug");
        if (type === "power_on" || type === "reboot" || type === "power_cycle") {
          await this.fabric.powerOn(dropletId);
          if (!(await this.untilActive(dropletId))) return;
        }
      } catch (error) {
        this.log("error", `droplet ${dropletId}: ${type}: ${reason(error)}`);
        status = "errored";
      }
      this.books.change((records) => finishAction(records, id, status));
    });
  }

  /** What DigitalOcean calls a droplet's status. It is the machine's own: one whose power was cut is off. */
  async statusOf(droplet: Droplet): Promise<"new" | "active" | "off"> {
    if (droplet.phase === "creating") return "new";
    if (droplet.phase !== "ready") return "off";
    const state = await ask(`look at droplet ${droplet.id}`, this.fabric.machineState(droplet.id));
    return state === "absent" ? "off" : state;
  }

  private droplet(id: number): Droplet | undefined {
    return this.books.now.droplets.find((droplet) => droplet.id === id);
  }

  private inBackground(id: number, task: () => Promise<void>): void {
    this.queue
      .run(`machine ${id}`, async () => {
        if (!this.stopping) await task();
      })
      .catch((error: unknown) => this.log("error", `droplet ${id}: ${reason(error)}`));
  }

  /** True once the machine is up; false if nobody waits for that any more. Throws when it takes too long. */
  private async untilActive(id: number): Promise<boolean> {
    const limit = Date.now() + this.pace.bootLimit;
    while (Date.now() < limit) {
      if ((await this.fabric.machineState(id)) === "active") return true;
      if (this.stopping || this.droplet(id)?.phase === "deleting") return false;
      await pause(this.pace.poll);
    }
    throw new Error(`its machine was not up within ${this.pace.bootLimit / 1000} s`);
  }

  private conclude(id: number, phase: "ready" | "failed"): void {
    this.books.change((records) => {
      const droplet = records.droplets.find((candidate) => candidate.id === id);
      if (!droplet || droplet.phase === "deleting") return;
      droplet.phase = phase;
      for (const { id: actionId, dropletId, type } of records.actions) {
        if (dropletId === id && type === "create") {
          finishAction(records, actionId, phase === "ready" ? "completed" : "errored");
        }
      }
    });
  }
}

export const isPowerAction = (type: string) =>
  ["power_on", "power_off", "shutdown", "reboot", "power_cycle"].includes(type);

function strikeDroplet(records: Records, id: number): void {
  records.droplets = records.droplets.filter((droplet) => droplet.id !== id);
  for (const holder of [...records.firewalls, ...records.balancers]) {
    holder.dropletIds = holder.dropletIds.filter((dropletId) => dropletId !== id);
  }
  for (const reserved of records.reservedIps) if (reserved.dropletId === id) reserved.dropletId = null;
  for (const action of records.actions) {
    if (action.dropletId === id && action.status === "in-progress") finishAction(records, action.id, "errored");
  }
  delete records.assignments[`do:droplet:${id}`];
}

/** A failure of this host is permanent for the client: a 5xx would only make it repeat the same request for 15 s. */
async function ask<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new ApiError(422, "unprocessable_entity", `The local cloud could not ${what}: ${reason(error)}`);
  }
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
