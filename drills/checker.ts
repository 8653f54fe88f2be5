import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import * as path from "node:path";
import { projectRoot } from "../local/paths";
import { parseEvents, type DrillEvent, type Orders } from "./events";
import type { Subject } from "./subject";

const writer = path.join(__dirname, "writer.ts");

/** More writes than a client makes in the longest drill. */
const writes = 100_000;

/** One writer's file, and what of it was read. */
interface History {
  file: string;
  offset: number;
  rest: string;
  events: DrillEvent[];
}

/** What was added to the file since it was last read. */
function readFrom(record: History): string {
  const descriptor = openSync(record.file, "r");
  try {
    const buffer = Buffer.alloc(fstatSync(descriptor).size - record.offset);
    record.offset += readSync(descriptor, buffer, 0, buffer.length, record.offset);
    return buffer.toString();
  } finally {
    closeSync(descriptor);
  }
}

/** The checker's clients of all nodes, and what they have recorded. */
export class Checker {
  private constructor(
    readonly run: string,
    private readonly records: History[],
    private readonly writers: ChildProcess[],
  ) {}

  /**
   * Starts every node's clients, each node's in a process of this host in the network of the node's machine.
   * @param directory for the histories, a file of JSON lines a node
   * @param seconds after which they end by themselves
   */
  static async start(subject: Subject, run: string, directory: string, seconds: number): Promise<Checker> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const clients = await subject.clients();
    const records: History[] = [];
    const writers: ChildProcess[] = [];
    for (const node of subject.nodes) {
      const { leaderPid } = await subject.machine(node);
      if (leaderPid === null) throw new Error(`${node} is off; its clients cannot start.`);
      const file = path.join(directory, `${node}.jsonl`);
      const orders: Orders = { run, seconds, writes, clients: clients[node]! };
      records.push({ file, offset: 0, rest: "", events: [] });
      writers.push(startWriter(leaderPid, file, orders));
    }
    return new Checker(run, records, writers);
  }

  /** Everything that is recorded so far, each client's events in their order. */
  events(): DrillEvent[] {
    for (const record of this.records) {
      const { events, rest } = parseEvents(record.rest + readFrom(record));
      record.rest = rest;
      // Not spread into a call: there may be too many for one.
      for (const event of events) record.events.push(event);
    }
    return this.records.flatMap(({ events }) => events);
  }

  /** Ends the clients; what they had sent and not heard of stays unknown. */
  async stop(): Promise<void> {
    const running = this.writers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const ended = running.map((child) => once(child, "exit"));
    for (const child of running) child.stdin?.end();
    await Promise.all(ended);
  }
}

function startWriter(leaderPid: number, file: string, orders: Orders): ChildProcess {
  const output = openSync(file, "a", 0o600);
  const command = [process.execPath, "--import", "tsx", writer];
  const child = spawn("nsenter", ["--target", String(leaderPid), "--net", "--", ...command], {
    cwd: projectRoot,
    stdio: ["pipe", output, "inherit"],
  });
  closeSync(output);
  // A writer that ends early closes the pipe; that its clients fall silent shows.
  child.stdin!.on("error", () => undefined).write(`${JSON.stringify(orders)}\n`);
  return child;
}
