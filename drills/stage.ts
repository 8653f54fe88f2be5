import { setTimeout as sleep } from "node:timers/promises";
import { untilNothing } from "./ask";
import type { Checker } from "./checker";
import { kindOf, nodeOf } from "./events";
import { promised, type Fault } from "./faults";
import { primaryOf, type Subject } from "./subject";
import { drillHand, type Entry } from "./timeline";

/** What a drill may break, by the part that the node plays at that moment. */
export type Part = "primary" | "standby" | "redis master";

/** How long a fault lasts at least, in seconds: longer than any failover may take to begin. */
export const lasting = 20;
/** How long a drill waits for writes and for wholeness before it gives up, in seconds; the promises are tighter. */
const patience = { writing: 60, whole: 90 };
/** What is promised of every drill: a node that comes back is whole again. */
export const whole = { wholeSeconds: promised.whole };

const now = () => performance.timeOrigin + performance.now();

/** Where a drill is done: it breaks, waits and mends here, and every step is kept for the timeline. */
export class Stage {
  readonly marks: Entry[] = [];
  /** Nodes whose own clients do not count, since the fault cut them off. */
  readonly stranded = new Set<string>();
  /** The first fault's moment. */
  brokenAt?: number;
  /** The longest time until everything was whole, of all the times that it had to become so. */
  wholeSeconds?: number;
  private readonly open: { fault: Fault; node: string }[] = [];
  private injectedAt = 0;
  /** From when the next wholeness counts; none where nothing was disturbed since the last. */
  private wholeFrom?: number;

  constructor(
    readonly subject: Subject,
    private readonly checker: Pick<Checker, "events">,
  ) {}

  mark(what: string): void {
    this.marks.push({ at: now(), where: drillHand, what });
  }

  /** The node that plays the part. A standby is one that is not redis' master too, where there is such a one. */
  async pick(part: Part): Promise<string> {
    const { subject } = this;
    if (part === "primary") return primaryOf(subject);
    const master = await subject.redis?.master();
    if (part === "redis master") {
      if (master === undefined) throw new Error(`${subject.name} has no redis master.`);
      return master;
    }
    const primary = await primaryOf(subject);
    const standbys = subject.nodes.filter((node) => node !== primary);
    return standbys.find((node) => node !== master) ?? standbys[0]!;
  }

  /** Anything that begins a disturbance; the write gap counts from the first one. */
  begins(what: string): void {
    this.mark(what);
    this.brokenAt ??= now();
    this.wholeFrom ??= now();
  }

  async inject(fault: Fault, ...nodes: string[]): Promise<void> {
    this.begins(`${fault.name} on ${nodes.join(" and ")}`);
    for (const node of nodes) {
      if (fault.strands) this.stranded.add(node);
      this.open.push({ fault, node });
    }
    await fault.inject(this.subject, nodes);
    this.injectedAt = now();
  }

  async end(fault: Fault, ...nodes: string[]): Promise<void> {
    this.mark(`end of ${fault.name} on ${nodes.join(" and ")}`);
    for (const node of nodes) {
      const at = this.open.findIndex((it) => it.fault === fault && it.node === node);
      if (at >= 0) this.open.splice(at, 1);
    }
    this.wholeFrom = now();
    await fault.end(this.subject, nodes);
  }

  /** Breaks a node, mends it when clients write again, but not before `seconds`, and waits until everything is whole. */
  async survive(fault: Fault, node: string, seconds: number = lasting): Promise<void> {
    await this.inject(fault, node);
    await this.hold(seconds);
    await this.writing();
    await this.end(fault, node);
    await this.whole();
  }

  /** Whatever a drill that failed half-way left broken. */
  async endAll(): Promise<void> {
    for (const { fault, node } of [...this.open].reverse()) await this.end(fault, node);
  }

  hold = (seconds: number) => sleep(seconds * 1000);

  /** Waits until every client that counts has written within the last second, and since the last fault. @throws Error when `seconds` are over */
  async writing(seconds = patience.writing): Promise<void> {
    const silent = await untilNothing(seconds, () => Promise.resolve(this.silent()), 250);
    if (silent.length > 0) throw new Error(`no writes any more, for ${seconds} s: ${silent.join(", ")}`);
    this.mark("every client that counts writes");
  }

  /**
   * Waits until everything is whole. That time is counted from the end of the last fault, or where none has an end, from
   * the beginning of the first; and once: whoever waits again with no fault between only makes sure.
   * @throws Error when `seconds` are over
   */
  async whole(seconds = patience.whole): Promise<void> {
    const faults = await untilNothing(seconds, () => this.subject.problems());
    if (faults.length > 0) throw new Error(`not whole again after ${seconds} s: ${faults.join("; ")}`);
    if (this.wholeFrom !== undefined)
      this.wholeSeconds = Math.max(this.wholeSeconds ?? 0, (now() - this.wholeFrom) / 1000);
    this.wholeFrom = undefined;
    this.mark("everything is whole");
  }

  private silent(): string[] {
    const { measured, nodes } = this.subject;
    const last = new Map(nodes.filter((node) => !this.stranded.has(node)).map((node) => [node, 0]));
    for (const { what, client, at } of this.checker.events()) {
      if (what === "acknowledged" && kindOf(client) === measured && last.has(nodeOf(client)))
        last.set(nodeOf(client), at);
    }
    // Without a pooler, only the primary's own client can write.
    const quiet = [...last]
      .filter(([, at]) => at < Math.max(now() - 1000, this.injectedAt))
      .map(([node]) => `${node}/${measured}`);
    return measured === "pooler" || quiet.length === last.size ? quiet : [];
  }
}
