import { Agent } from "../../../agent/agent";
import { majority } from "../../../agent/election/membership";
import { founded, found, whyNotBlank } from "../../../agent/founding";
import { handOver } from "../../../agent/handover";
import type { Pooler, Route } from "../../../agent/pooler/pooler";
import type { LastNode, Peer } from "../../../agent/settings";
import { timing } from "../../../agent/timing";
import type { Call, Wire } from "../../../agent/wire/messages";
import { SimulatedDatabase } from "./database";
import { Ledger } from "./ledger";
import { Machine } from "./machine";
import { Network } from "./network";
import { Process } from "./process";
import type { Surroundings } from "./server";
import { Time } from "./time";

export interface ClusterSettings {
  seed: number;
  nodes: number;
  lastNode: LastNode;
  /** How much faster or slower than the others a node's clock may run; 1: no clock is wrong. */
  clocks: number;
}

const names = ["ash", "birch", "cedar", "dogwood", "elm"];

/** The machines, each with its agent wired as agent/main.ts does, their clients, and what was seen of them. */
export class Cluster {
  readonly time: Time;
  readonly network: Network;
  readonly ledger: Ledger;
  readonly machines: Machine[];
  /** Called with each event that an agent logs. */
  witness: (machine: Machine, event: string) => void = () => undefined;
  /** Nothing fails any more. */
  healed = false;
  private readonly peers: Peer[];
  private readonly speeds: Map<string, number>;
  private stopsWriting = false;

  constructor(readonly settings: ClusterSettings) {
    const time = (this.time = new Time(settings.seed));
    this.network = new Network(time);
    this.ledger = new Ledger(time);
    const around: Surroundings = {
      time,
      network: this.network,
      serverOf: (node) => {
        const machine = this.machine(node);
        return machine.serves ? machine.server! : undefined;
      },
      acknowledged: (server, id) => this.ledger.acknowledged(server, id),
      violated: (what) => this.ledger.violated(what),
    };
    this.machines = names.slice(0, settings.nodes).map((name) => new Machine(name, around));
    this.peers = this.machines.map(({ name }, at) => ({ name, ip: `10.0.0.${at + 1}`, data: true }));
    this.pace = time.pick([15, 100, 100, 100]);
    this.speeds = new Map(this.machines.map(({ name }) => [name, settings.clocks ** (2 * time.random() - 1)] as const));
    for (const machine of this.machines) this.write(machine);
  }

  machine(name: string): Machine {
    return this.machines.find((machine) => machine.name === name)!;
  }

  note(node: string, what: string, details: Record<string, unknown> = {}): void {
    this.ledger.note(node, what, details);
  }

  // --- agents ---

  startAgent(machine: Machine): void {
    if (!machine.powered || machine.process?.alive) return;
    const { time } = this;
    const process = new Process(time, this.speeds.get(machine.name)!);
    machine.process = process;
    const agent = new Agent({
      settings: { name: machine.name, nodes: this.peers, lastNode: this.settings.lastNode },
      store: {
        read: () => this.onDisk(machine, process, () => machine.promises),
        write: (durable) =>
          this.onDisk(machine, process, () => {
            if (machine.disk.full) throw new Error("No space left on device");
            machine.promises = durable;
          }),
      },
      database: new SimulatedDatabase(machine, process),
      pooler: this.pooler(process),
      wire: this.wire(machine, process),
      clock: process.clock,
      timing,
      log: (event, details) => {
        this.note(machine.name, event, details);
        this.witness(machine, event);
      },
      random: () => time.random(),
    });
    this.note(machine.name, "--- agent starts");
    void agent.load().then(() => {
      // It takes no calls before that.
      machine.agent = agent;
      return agent.run();
    });
    time.stirred = true;
  }

  killAgent(machine: Machine, restartAfter = this.time.between(500, 2_000)): void {
    machine.killAgent();
    this.time.after(restartAfter, () => this.startAgent(machine));
  }

  private onDisk<T>(machine: Machine, process: Process, act: () => T): Promise<T> {
    const { time } = this;
    return process.wait((resolve, reject) => {
      const attempt = (): void => {
        if (!machine.powered || (!process.alive && time.chance(0.5))) return;
        if (machine.process !== process) return;
        if (machine.disk.hangs) return time.after(100, attempt);
        try {
          resolve(act());
        } catch (error) {
          reject(error as Error);
        }
      };
      time.after(time.between(1, 12), attempt);
    });
  }

  private pooler(process: Process): Pooler {
    const { time } = this;
    let led: Route | null = null;
    const takes = <T>(value: T): Promise<T> =>
      process.wait((resolve) => time.after(time.between(1, 10), () => resolve(value)));
    return {
      get route() {
        return led;
      },
      lead: (route) => takes(undefined).then(() => void (led = route)),
      hold: () => {
        led = { to: "nobody" };
        return takes(true);
      },
    };
  }

  private wire(machine: Machine, process: Process): Wire {
    const { time, network } = this;
    const from = machine.name;
    return {
      call: <C extends Call>(peer: string, call: C, body: unknown) =>
        process.wait((resolve, reject) => {
          const patience = call === "pause" ? 3 * timing.call : timing.call;
          time.after(patience, () => reject(new Error(`${peer} did not answer in time.`)));
          network.send(from, peer, patience, () => {
            const target = this.machine(peer);
            if (!target.powered) return;
            const back = (what: () => void): void => network.send(peer, from, patience, what);
            const { agent, process: other } = target;
            if (!agent || !other) return back(() => reject(new Error(`${peer} refuses the connection.`)));
            other.deliver(() => {
              handle(agent, call, body).then(
                (answer) => back(() => resolve(answer as never)),
                (error: Error) => back(() => reject(new Error(`${peer}: ${error.message}`))),
              );
            });
          });
        }),
    };
  }

  // --- clients ---

  private writes = 0;
  /** Between one write and the next, about, in milliseconds. */
  private readonly pace: number;

  /** Clients write to whatever takes writes, wherever it is. */
  private write(machine: Machine): void {
    const { time } = this;
    time.after(this.pace * time.between(0.4, 2.5), () => {
      const { server } = machine;
      if (!this.stopsWriting && server?.talks && server.mode === "primary" && server.waiting.length < 20)
        server.commit(`${machine.name}-${++this.writes}`);
      this.write(machine);
    });
  }

  endClients(): void {
    this.stopsWriting = true;
  }

  // --- what an operator does ---

  /** Starts all machines, and the cluster on the first. */
  async found(): Promise<void> {
    for (const machine of this.machines) this.startAgent(machine);
    await this.time.runUntil(1_000);
    const [first] = this.machines;
    void found(first!.agent!).catch((error: Error) =>
      this.note(first!.name, "--- not founded", { why: error.message }),
    );
    await this.time.runUntil(this.time.now + 30_000);
  }

  handOver(): void {
    const machine = this.leader();
    if (!machine) return;
    this.note(machine.name, "--- handover");
    this.time.stirred = true;
    void handOver(machine.agent!).then(
      ({ to }) => this.note(machine.name, "--- handed over", { to }),
      (error: Error) => this.note(machine.name, "--- not handed over", { why: error.message }),
    );
  }

  leader(): Machine | undefined {
    const ready = this.machines.filter(({ agent }) => agent?.leadership?.ready);
    return ready.sort((a, b) => b.agent!.leadership!.term - a.agent!.leadership!.term)[0];
  }

  /** Whether fewer nodes know what their data is than an election needs. */
  get isStranded(): boolean {
    const known = this.machines.filter(({ promises }) => (promises?.lineage.length ?? 0) > 0);
    return known.length < majority(this.machines.length);
  }

  /** Why the cluster is not as it should be; null when it is. */
  unwell(): string | null {
    const primaries = this.machines.filter(({ server }) => server && !server.ended && server.mode === "primary");
    if (primaries.length !== 1) return `${primaries.length} primaries`;
    const [primary] = primaries;
    if (!primary!.agent?.leadership?.ready) return `${primary!.name} is the primary and does not lead`;
    const members = primary!.agent.leadership.membership.names;
    if (members.length !== this.machines.length) return `only ${members.join(", ")} are members`;
    for (const machine of this.machines) {
      if (machine === primary) continue;
      if (!machine.server?.talks) return `PostgreSQL on ${machine.name} does not run`;
      if (machine.server.upstream?.source !== primary!.server)
        return `${machine.name} does not stream from ${primary!.name}`;
    }
    if (primary!.server!.waiting.length > 5) return "writes wait";
    return null;
  }
}

function handle(agent: Agent, call: Call, body: unknown): Promise<unknown> {
  switch (call) {
    case "heartbeat":
      return agent.heartbeat(body as never);
    case "vote":
      return agent.vote(body as never);
    case "resign":
      agent.resigned(body as never);
      return Promise.resolve({});
    case "blank":
      return Promise.resolve(whyNotBlank(agent));
    case "found":
      return founded(agent, body as never).then(() => ({}));
    case "pause":
      return agent.pause(body as never);
    case "able":
      return Promise.reject(new Error("Its health has no part in who leads."));
  }
}
