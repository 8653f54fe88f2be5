import type { Clock } from "../../../agent/clock";
import { nothingYet, type Durable, type Store } from "../../../agent/durable";
import type { Lineage } from "../../../agent/election/lineage";
import type { Course, Database, Look, Standby } from "../../../agent/postgres/database";

/** Time that passes only by sleeping, and then at once. */
export class FakeClock implements Clock {
  private time = 1_000_000;
  now = () => this.time;
  async sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    await new Promise(setImmediate);
  }
}

/** A disk: what is written is there when the write ends, and all that was written is on record. */
export class FakeStore implements Store {
  readonly written: Durable[] = [];
  /** Called before each write ends; throws for a disk that fails. */
  during: (durable: Durable) => Promise<void> | void = () => undefined;

  constructor(private kept: Durable | null = null) {}

  read(): Promise<Durable | null> {
    return Promise.resolve(this.kept);
  }

  async write(durable: Durable): Promise<void> {
    const copy = structuredClone(durable);
    await new Promise(setImmediate);
    await this.during(copy);
    this.kept = copy;
    this.written.push(copy);
  }
}

export const durable = (more: Partial<Durable> = {}): Durable => ({ ...nothingYet, ...more });

export const standby = (more: Partial<Standby> = {}): Standby => ({
  state: "standby",
  systemId: "7001",
  lsn: "0/3000000",
  timeline: 1,
  streamsFrom: null,
  settled: true,
  ...more,
});

/** A PostgreSQL that is seen as it is set, and notes what is done to it. */
export class FakeDatabase implements Database {
  course: Course = { follow: null, synchronousStandbyNames: "" };
  readonly did: string[] = [];
  /** Each look in turn; the last one stays. */
  looks: Look[] = [standby()];
  ownLineage: Lineage = [];

  look(): Promise<Look> {
    this.did.push("look");
    return Promise.resolve(this.looks.length > 1 ? this.looks.shift()! : this.looks[0]!);
  }
  steer(course: Course): Promise<void> {
    this.did.push(`follow ${course.follow ?? "nobody"}`);
    this.course = course;
    return Promise.resolve();
  }
  lineage(): Promise<Lineage> {
    this.did.push("lineage");
    return Promise.resolve(this.ownLineage);
  }
  start = () => this.note("start");
  stop = () => this.note("stop");
  promote = () => this.note("promote");
  initialise = () => this.note("initialise");
  clone = () => this.note("clone");
  rewind = () => this.note("rewind");
  write = () => this.note("write");
  keepSlots = () => this.note("keepSlots");
  checkpoint = () => this.note("checkpoint");
  freshLog = () => this.note("freshLog");
  isFull = () => Promise.resolve(false);
  oldestTransaction = () => Promise.resolve(0);
  needsRestart = () => Promise.resolve(false);

  private note(what: string): Promise<void> {
    this.did.push(what);
    return Promise.resolve();
  }
}
