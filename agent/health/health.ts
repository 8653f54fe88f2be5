import { stat } from "node:fs/promises";
import { within, type Clock } from "../clock";
import type { Log } from "../log";
import type { Peer } from "../settings";
import type { AbleAnswer, Wire } from "../wire/messages";
import { Checkers, isCheck, type Check } from "./balancer";
import { together, type Drains } from "./drains";
import { lacks, type Look, type WorkerState } from "./look";
import { Newest } from "./newest";
import { Peers } from "./peers";
import { verdict, type Verdict } from "./verdict";

/** What a node says of its health: GET /status, under "health". */
export interface HealthReport {
  /** Whether the load balancer is told to send it requests. */
  in: boolean;
  /** One sentence. */
  why: string;
  drains: string[];
  /** By their ports. */
  workers: Record<string, WorkerState>;
  /** Whether queries find a primary, and commands redis' master; null where this node cannot ask. */
  database: boolean | null;
  redis: boolean | null;
}

/** How a node asks what it depends on. Each answers in bounded time and never rejects. */
export interface Probes {
  workers(ports: number[], path: string): Promise<Record<string, WorkerState>>;
  database(): Promise<boolean | null>;
  redis(): Promise<boolean | null>;
}

export interface HealthParts {
  self: Peer;
  nodes: Peer[];
  drains: Drains;
  release: { ports(): Promise<number[]>; checkPath(): Promise<string> };
  probes: Probes;
  wire: Wire;
  clock: Clock;
  log: Log;
  /** Its age in milliseconds counts, so that a script that died cannot hide dead workers. */
  asideFlag?: string;
}

/** From one look to the next, in milliseconds. */
const interval = 1_000;
/** How long a disk may take to say what hardly ever changes, in milliseconds. */
const diskPatience = 300;
/** An older look is none, in milliseconds. */
const stale = 10_000;
/** For how long, in milliseconds, nginx may pass requests on while this node's workers restart. */
const asideLimit = 180_000;
/** How long the load balancer may take to notice, in milliseconds. */
const noticePatience = 20_000;

/** Whether this node is in rotation: looks, decides, and tells the load balancer, the other nodes and operators. */
export class Health {
  private look: Look | null = null;
  private verdict: Verdict | null = null;
  private readonly peers: Peers;
  private readonly checkers = new Checkers();
  private readonly disk: Newest<{ ports: number[]; path: string; drains: string[] }>;
  private stopped = false;

  constructor(private readonly parts: HealthParts) {
    const { self, nodes, release, drains, wire, clock } = parts;
    const others = nodes.filter(({ name }) => name !== self.name).map(({ name }) => name);
    this.peers = new Peers(others, wire, clock);
    this.disk = new Newest(
      async () => {
        const [ports, path, lasting] = await Promise.all([release.ports(), release.checkPath(), drains.lasting()]);
        return { ports, path, drains: lasting };
      },
      { ports: [], path: "/", drains: [] },
    );
  }

  /** Until `stop`. */
  async run(): Promise<void> {
    const { clock, log } = this.parts;
    while (!this.stopped) {
      const begun = clock.now();
      await this.looks().catch((error: Error) => log("error", { message: `the health look: ${error.message}` }));
      await clock.sleep(Math.max(50, begun + interval - clock.now()));
    }
  }

  stop(): void {
    this.stopped = true;
  }

  /** One look, and what follows from it. */
  async looks(): Promise<void> {
    const { probes, drains, clock, log } = this.parts;
    const disk = await this.disk.within(diskPatience);
    const [workers, database, redis, aside, untilBoot] = await Promise.all([
      probes.workers(disk.ports, disk.path),
      probes.database(),
      probes.redis(),
      this.isAside(),
      drains.untilBoot(),
      this.peers.ask(),
    ]);
    const wanted = together(disk.drains, untilBoot);
    this.look = { at: clock.now(), workers, database, redis, aside, drains: wanted, peers: this.peers.seen() };
    const before = this.verdict;
    this.verdict = verdict(this.look, before);
    if (this.verdict.in !== before?.in)
      log(this.verdict.in ? "in rotation" : "out of rotation", { why: this.verdict.why });
  }

  private async isAside(): Promise<boolean> {
    const flag = await stat(this.parts.asideFlag ?? "/run/trivet/aside").catch(() => null);
    return flag !== null && Date.now() - flag.mtimeMs < asideLimit;
  }

  // --- what it says ---

  private get isFresh(): boolean {
    return this.look !== null && this.parts.clock.now() - this.look.at <= stale;
  }

  /** Whether the load balancer is to send this node requests. */
  get isIn(): boolean {
    return this.isFresh && this.verdict?.in === true;
  }

  /** Tells who asks, and remembers what the load balancer itself was told. */
  answer(check: Check): boolean {
    const { isIn } = this;
    const { nodes, clock } = this.parts;
    if (isCheck(check, nodes.map(({ ip }) => ip))) this.checkers.note(check.from, isIn, clock.now()); // prettier-ignore
    return isIn;
  }

  /** To the other nodes. */
  able(): AbleAnswer {
    const able = this.isFresh && !this.look!.aside && lacks(this.look!).length === 0;
    return { able, in: this.isIn };
  }

  report(): HealthReport {
    const { workers, database, redis, drains } = this.look ?? { workers: {}, database: null, redis: null, drains: [] };
    const why = this.isFresh ? this.verdict!.why : this.look ? "Its last look is too old." : "It has not looked yet.";
    return { in: this.isIn, why, drains, workers, database, redis };
  }

  // --- what it is told ---

  /** Takes the node out of rotation. Resolves when the load balancer has noticed, or has had the time to. */
  async drain(by: string, lasting: boolean): Promise<{ drained: true; noticed: boolean; seconds: number }> {
    await this.parts.drains.add(by, lasting);
    this.parts.log("drained", { by, lasting });
    return { drained: true, ...(await this.noticed(false)) };
  }

  /** Takes a drain back. What is left of others' drains is in the answer; then the node stays out. */
  async undrain(by: string): Promise<{ drained: string[]; noticed: boolean; seconds: number }> {
    const { drains, log } = this.parts;
    await drains.remove(by);
    log("undrained", { by });
    const drained = await drains.all();
    if (drained.length > 0) return { drained, noticed: false, seconds: 0 };
    return { drained, ...(await this.noticed(true)) };
  }

  private async noticed(wanted: boolean): Promise<{ noticed: boolean; seconds: number }> {
    const { clock } = this.parts;
    const begun = clock.now();
    const noticed = await within(
      clock,
      noticePatience,
      100,
      () => (this.isIn === wanted && this.checkers.noticed(wanted, clock.now())) || undefined,
    );
    return { noticed: noticed === true, seconds: Math.round((clock.now() - begun) / 1000) };
  }
}
