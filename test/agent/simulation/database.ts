import { lineageOf, type Lineage } from "../../../agent/election/lineage";
import { Untouched, type Course, type Database, type Look } from "../../../agent/postgres/database";
import { formatLsn } from "../../../agent/postgres/lsn";
import { copyOf, rewound, timelineOf, type Data } from "./data";
import type { Machine } from "./machine";
import type { Process } from "./process";
import type { Server } from "./server";

/** Records of the log are all as long as one another. */
const recordBytes = 0x100n;
const lsnOf = (place: number): string => formatLsn(BigInt(place) * recordBytes);

/** A machine's PostgreSQL as its agent has it. */
export class SimulatedDatabase implements Database {
  course: Course;

  constructor(
    private readonly machine: Machine,
    private readonly process: Process,
  ) {
    this.course = machine.course;
  }

  look(): Promise<Look> {
    const { machine, process } = this;
    const { time } = machine.around;
    return process.wait((resolve) => {
      const answer = (patience: number): void => {
        const { server, data } = machine;
        if (server?.frozen && patience > 0) return time.after(200, () => answer(patience - 200));
        resolve(see(server, data));
      };
      time.after(time.between(1, 5), () => answer(2_000));
    });
  }

  steer(course: Course): Promise<void> {
    return this.onDiskWithRoom(2, 15, () => {
      this.course = this.machine.course = course;
      this.machine.server?.reload();
    });
  }

  start(): Promise<void> {
    const { machine } = this;
    const { time } = machine.around;
    return this.onDisk(20, 100, () => {
      if (machine.server) return;
      if (!machine.data) throw new Error("There is no data.");
      if (machine.data.torn) machine.around.violated(`${machine.name} starts with data that was half rewound`);
      if (time.chance(0.02)) throw new Error("PostgreSQL has not started.");
      const server = machine.startServer();
      time.after(time.between(200, 2_500), () => server.opens());
    });
  }

  stop(how: "fast" | "immediate"): Promise<void> {
    const { machine } = this;
    const { time } = machine.around;
    const { server } = machine;
    if (!server) return this.later(time.between(1, 5), () => undefined);
    return this.process.wait((resolve) => {
      const gone = (): void => {
        if (machine.server === server) machine.endServer();
        resolve();
      };
      const kill = (): void => {
        if (!machine.disk.hangs) return gone();
        server.doomed = true;
        time.after(2_000, () => resolve());
      };
      if (server.frozen || machine.disk.hangs) return time.after(2_000, kill);
      if (how === "immediate" || server.mode !== "primary") return time.after(time.between(20, 200), kill);
      server.mode = "stopping";
      server.waiting = [];
      server.append(null);
      const until = time.now + 10_000;
      const drains = (): void => (server.drained || time.now > until ? kill() : time.after(20, drains));
      time.after(20, drains);
    });
  }

  promote(): Promise<void> {
    const { machine } = this;
    const { time } = machine.around;
    return this.onDisk(1, 5, () => {
      const { server } = machine;
      if (!server?.talks) throw new Error("PostgreSQL does not answer.");
      if (server.mode === "primary") return;
      return this.onDisk(50, 500, () => {
        if (server.ended || server.frozen) throw new Error("PostgreSQL has ended.");
        if (server.mode === "standby") server.promote();
        return time.chance(0.05) ? this.later(time.between(100, 2_000), () => undefined) : undefined;
      });
    });
  }

  initialise(): Promise<void> {
    const { machine } = this;
    return this.onDiskWithRoom(500, 2_000, () => {
      const systemId = `${machine.name}-${machine.boot}`;
      const log = [{ id: null, timeline: 1 }];
      machine.data = {
        systemId,
        log,
        history: [{ timeline: 1, begin: 0 }],
        newest: 1,
        torn: false,
        slots: [],
        consistentAt: 0,
      };
    });
  }

  async clone(from: string, giveUp: () => Promise<void>): Promise<void> {
    const { time } = this.machine.around;
    const room = time.chance(0.7);
    if (!room) {
      await this.onDisk(5, 20, () => void this.source(from));
      await giveUp();
      await this.dataBecomes(null);
    }
    const copy = await this.onDiskWithRoom(1_000, 6_000, () => copyOf(this.source(from)));
    if (room) await giveUp();
    return this.dataBecomes(copy);
  }

  private dataBecomes(data: Data | null): Promise<void> {
    const { machine } = this;
    return this.onDisk(5, 20, () => {
      if (machine.server) machine.around.violated(`${machine.name} lost its data while its server ran`);
      machine.data = data;
    });
  }

  rewind(from: string): Promise<void> {
    const { machine } = this;
    return this.onDisk(50, 200, () => {
      if (machine.server || !machine.data) throw new Error("A server runs, or there is no data.");
      const after = rewound(machine.data, this.source(from, Untouched), 0);
      if (after === machine.data) return;
      machine.data.torn = true;
      return this.onDisk(200, 3_000, () => {
        machine.data = rewound(machine.data!, this.source(from), Math.floor(machine.around.time.between(0, 5)));
      });
    });
  }

  lineage(timeline: number, known: Lineage, term: number): Promise<Lineage> {
    return this.onDisk(1, 3, () => {
      const history = this.machine.data?.history ?? [];
      const at = history.findIndex((entry) => entry.timeline === timeline);
      if (at < 0) throw new Error(`There is no history of timeline ${timeline}.`);
      const lines = history.slice(1, at + 1).map(({ begin }, before) => {
        return `${history[before]!.timeline}\t${lsnOf(begin)}\tno recovery target specified`;
      });
      return lineageOf(timeline, lines.join("\n"), known, term);
    });
  }

  isFull(): Promise<boolean> {
    return this.later(1, () => this.machine.disk.full);
  }

  write(): Promise<void> {
    const { machine, process } = this;
    const { time } = machine.around;
    return process.wait((resolve, reject) => {
      time.after(3_000, () => reject(new Error("timeout")));
      const flush = (): void => {
        const { server } = machine;
        if (server?.frozen || (server && machine.disk.hangs)) return time.after(100, flush);
        if (!server?.talks || server.mode !== "primary") return reject(new Error("It is no primary."));
        server.append(null);
        resolve();
      };
      time.after(time.between(1, 5), flush);
    });
  }

  keepSlots(names: string[], term: number): Promise<void> {
    return this.onDisk(2, 10, () => {
      this.answers();
      this.machine.server!.keepSlots(names.map((name) => `${name} ${term}`));
    });
  }

  checkpoint(): Promise<void> {
    return this.onDisk(50, 300, () => {
      this.answers();
      this.machine.server!.checkpointed();
    });
  }

  freshLog(): Promise<void> {
    return this.onDisk(20, 200, () => this.answers());
  }

  oldestTransaction(): Promise<number> {
    return this.later(2, () => 0);
  }

  needsRestart(): Promise<boolean> {
    return this.later(2, () => false);
  }

  private answers(): void {
    if (!this.machine.server?.talks) throw new Error("PostgreSQL does not answer.");
  }

  private source(from: string, Failure: new (message: string) => Error = Error): Data {
    const { network, serverOf } = this.machine.around;
    const server = serverOf(from);
    const { name } = this.machine;
    if (!server?.talks || !network.passes(name, from) || !network.passes(from, name))
      throw new Failure(`${from} does not answer.`);
    return server.data;
  }

  /** What the disk takes part in: it waits for as long as the disk hangs. */
  private onDisk<T>(low: number, high: number, act: () => T | Promise<T>): Promise<T> {
    const { time } = this.machine.around;
    return this.later(time.between(low, high), act, true);
  }

  private onDiskWithRoom<T>(low: number, high: number, act: () => T | Promise<T>): Promise<T> {
    return this.onDisk(low, high, () => {
      if (this.machine.disk.full) throw new Error("No space left on device");
      return act();
    });
  }

  /** What happens later, unless the power fails; if the agent is killed, or stopped, meanwhile, it may happen or not. */
  private later<T>(milliseconds: number, act: () => T | Promise<T>, needsDisk = false): Promise<T> {
    const { machine, process } = this;
    const { time } = machine.around;
    const { boot } = machine;
    const whatever = time.chance(0.5);
    return process.wait((resolve, reject) => {
      const attempt = (): void => {
        if (machine.boot !== boot) return;
        if (needsDisk && machine.disk.hangs) return time.after(100, attempt);
        const run = (): void => {
          if (machine.boot !== boot) return;
          try {
            const result = act();
            if (result instanceof Promise) result.then(resolve, reject);
            else resolve(result);
          } catch (error) {
            reject(error as Error);
          }
        };
        if (whatever) run();
        else process.deliver(run);
      };
      time.after(milliseconds, attempt);
    });
  }
}

function see(server: Server | null, data: Data | null): Look {
  if (!server) return { state: data ? "down" : "blank" };
  if (server.frozen) return { state: "hung" };
  if (server.doomed || !server.talks) return { state: "starting" };
  const { systemId, log } = server.data;
  const timeline = timelineOf(server.data);
  if (server.mode === "primary") {
    const standbys = [...server.streams].map(({ sink, flushed }) => ({
      name: sink.node,
      flushed: flushed === null ? null : lsnOf(flushed),
    }));
    return { state: "primary", systemId, lsn: lsnOf(log.length), timeline, standbys };
  }
  return {
    state: "standby",
    systemId,
    lsn: lsnOf(server.replayed),
    timeline,
    streamsFrom: server.upstream?.source.node ?? null,
    settled: server.settled && server.conf.follow === null,
  };
}
