import type { Durable } from "../../../agent/durable";
import type { Course } from "../../../agent/postgres/database";
import type { Process } from "./process";
import { Server, type Disk, type Surroundings } from "./server";
import type { Data } from "./data";
import type { Agent } from "../../../agent/agent";

const noCourse: Course = { follow: null, synchronousStandbyNames: "" };

/** A machine: what survives a power cut, and what does not. */
export class Machine {
  powered = true;
  readonly disk: Disk = { hangs: false, full: false };
  promises: Durable | null = null;
  course: Course = noCourse;
  data: Data | null = null;
  server: Server | null = null;
  process: Process | null = null;
  agent: Agent | null = null;
  /** Grows with each power cut: what was under way then never ends. */
  boot = 0;

  constructor(
    readonly name: string,
    readonly around: Surroundings,
  ) {}

  get serves(): boolean {
    return this.powered && this.server !== null && this.server.talks;
  }

  startServer(): Server {
    this.server = new Server(this.name, this.data!, this.disk, () => this.course, this.around);
    return this.server;
  }

  endServer(): void {
    const { server } = this;
    if (!server) return;
    server.end();
    this.server = null;
  }

  killAgent(): void {
    this.process?.kill();
    this.process = this.agent = null;
  }

  cutPower(): void {
    this.powered = false;
    this.boot += 1;
    this.killAgent();
    this.server?.vanish();
    this.server = null;
    this.disk.hangs = false;
  }

  hangDisk(): void {
    this.disk.hangs = true;
  }

  unhangDisk(): void {
    this.disk.hangs = false;
    if (this.server?.doomed) this.endServer();
  }

  /** Another machine by the same name. */
  replace(): void {
    this.cutPower();
    this.promises = null;
    this.data = null;
    this.course = noCourse;
  }
}
