import { campaign } from "./election/campaign";
import { Clients } from "./clients";
import { Condition } from "./condition";
import type { Membership } from "./election/membership";
import { Voter, type Heard } from "./election/voter";
import type { Clock } from "./clock";
import type { Store } from "./durable";
import { Follower } from "./follower";
import { leaderVerdict } from "./verdict";
import { Leadership } from "./leadership";
import type { Log } from "./log";
import type { Pooler } from "./pooler/pooler";
import type { Database, Look } from "./postgres/database";
import type { Peer, Settings } from "./settings";
import type { Timing } from "./timing";
import { Turn } from "./turn";
import type {
  Heartbeat,
  HeartbeatAnswer,
  Pause,
  PauseAnswer,
  Resignation,
  VoteAnswer,
  VoteRequest,
  Wire,
} from "./wire/messages";

export interface AgentParts {
  settings: Settings;
  store: Store;
  /** null on a node without data. */
  database: Database | null;
  pooler: Pooler;
  wire: Wire;
  clock: Clock;
  timing: Timing;
  log: Log;
  /** Between 0 and 1. */
  random: () => number;
}

/** What runs on every node: it leads, follows or stands for election, and shows the node's pooler the way. */
export class Agent {
  readonly voter: Voter;
  readonly self: Peer;
  readonly peers: Peer[];
  look: Look = { state: "starting" };
  leadership: Leadership | null = null;
  problem: string | null = null;
  readonly follower: Follower | null;
  readonly clients: Clients;
  readonly condition: Condition;
  private readonly turn: Turn;
  private readonly voters: string[];
  private stopped = false;
  private busy = false;

  constructor(readonly parts: AgentParts) {
    const { settings, store, database, clock, timing, log } = parts;
    this.clients = new Clients(parts);
    this.condition = new Condition(database, clock);
    this.self = settings.nodes.find(({ name }) => name === settings.name)!;
    this.peers = settings.nodes.filter(({ name }) => name !== settings.name);
    this.voter = new Voter({ name: settings.name, store, database, clock, timing, log });
    this.voter.deposed = (why) => void this.stepDown(why);
    this.follower = database && new Follower(database, this.voter, parts);
    this.voters = settings.nodes.filter(({ data }) => data).map(({ name }) => name);
    // A node with a full disk is after all others.
    const rank = () => this.voters.indexOf(settings.name) + (this.condition.full ? this.voters.length : 0);
    this.turn = new Turn(rank, this.voter, parts);
  }

  get role(): "leader" | "follower" | "candidate" {
    return this.leadership ? "leader" : this.busy ? "candidate" : "follower";
  }

  /** Remembers what it promised. Before that it can answer nobody. */
  async load(): Promise<void> {
    await this.voter.load();
    await this.follower?.begin();
  }

  /** Until `stop`. One look, one decision, again and again; nothing that takes long is waited for here. */
  async run(): Promise<void> {
    const { clock, timing, log } = this.parts;
    void this.condition.watchRoom(() => !this.stopped);
    while (!this.stopped) {
      try {
        await this.tick();
      } catch (error) {
        log("error", { message: (error as Error).message });
      }
      await Promise.race([clock.sleep(timing.tick), new Promise<void>((resolve) => (this.wake = resolve))]);
    }
  }

  /** Has the next look come now: something has just changed that clients wait for. */
  private nudge(): void {
    this.wake();
  }
  private wake: () => void = () => undefined;

  stop(): void {
    this.stopped = true;
    this.leadership?.end();
  }

  private async tick(): Promise<void> {
    const { database } = this.parts;
    if (database && this.follower) {
      this.look = await database.look();
      if (this.leadership) await this.lead(this.leadership, this.look);
      else if (!this.busy) await this.follow(this.follower, this.look);
    }
    await this.showTheWay();
  }

  // --- leading ---

  private async lead(leadership: Leadership, look: Look): Promise<void> {
    const { timing, settings } = this.parts;
    const { condition } = this;
    condition.sees(look);
    const verdict = leaderVerdict(
      {
        look,
        ready: leadership.ready,
        holds: leadership.holds,
        full: condition.full && this.successors(look).length > 0,
        unsound: condition.unsound,
        unwritten: condition.unwritten,
      },
      timing,
    );
    if (verdict) return this.stepDown(verdict.why, verdict.how);
    if (look.state === "primary" && leadership.ready) {
      void leadership
        .tend(look, settings.lastNode === "available")
        .catch((error: Error) => this.parts.log("error", { message: error.message }));
    }
  }

  /** Neither follows nor stands for election meanwhile. */
  async undisturbed(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    try {
      await work();
    } finally {
      this.busy = false;
    }
  }

  /** The first leader of a new cluster. */
  begins(term: number, membership: Membership): Promise<void> {
    return this.takeOffice(term, membership, (leadership) => leadership.takeOffice());
  }

  private async takeOffice(
    term: number,
    membership: Membership,
    begin: (leadership: Leadership) => Promise<void>,
  ): Promise<void> {
    const { log } = this.parts;
    if (!(await this.voter.leads(term))) return;
    const leadership = new Leadership({
      ...this.parts,
      database: this.parts.database!,
      self: this.self,
      peers: this.peers,
      voter: this.voter,
      term,
      membership,
      onDeposed: (why) => void this.stepDown(why),
    });
    this.condition.restarts();
    this.leadership = leadership;
    try {
      await begin(leadership);
      this.condition.restarts();
      this.nudge();
      this.follower!.succeeds();
      void this.condition.proveWriting(() => !leadership.ended);
    } catch (error) {
      log("error", { message: (error as Error).message });
      if (this.leadership === leadership) await this.stepDown("taking office failed");
    }
  }

  /** Ends this node's leadership: first its own clients, then its PostgreSQL, then the voters are free to choose. */
  async stepDown(why: string, how: "fast" | "immediate" = "immediate", successor = this.bestStandby()): Promise<void> {
    const { database, log } = this.parts;
    const leadership = this.leadership;
    if (!leadership || leadership.ended) return;
    log("steps down", { why, term: leadership.term, successor });
    leadership.end();
    await this.showTheWay();
    await database!.stop(how);
    this.leadership = null;
    this.voter.leading = false;
    this.follower!.restarts();
    const resignation: Resignation = { term: leadership.term, leader: this.self.name, ...(successor && { successor }) };
    this.resigned(resignation);
    await Promise.allSettled(this.peers.map(({ name }) => this.parts.wire.call(name, "resign", resignation)));
  }

  /** A standby that can take over at once, as far as was seen. */
  private bestStandby(): string | undefined {
    if (this.look.state === "primary") this.lastStandby = this.successors(this.look)[0] ?? streaming(this.look)[0];
    return this.lastStandby;
  }
  private lastStandby: string | undefined;

  private successors(look: Look): string[] {
    return streaming(look).filter((name) => this.leadership?.hasRoom(name));
  }

  // --- following ---

  private async follow(follower: Follower, look: Look): Promise<void> {
    if (await this.leadsStill(look)) return;
    const { heard } = this;
    this.problem = await follower.step(look, heard);
    if (heard) this.turn.passes();
    else if (this.mayStand(look) && this.turn.isDue) void this.stand();
  }

  /** After a restart of the agent alone, a leader finds its PostgreSQL as it left it. */
  private async leadsStill(look: Look): Promise<boolean> {
    const { durable, heard } = this.voter;
    if (look.state !== "primary" || durable.led === 0 || durable.led !== durable.term || heard) return false;
    if (this.hasLed.has(durable.led)) return false;
    this.hasLed.add(durable.led);
    await this.takeOffice(durable.led, durable.membership, (leadership) => leadership.resume(look));
    return true;
  }
  private readonly hasLed = new Set<number>();

  /** The leader that this node follows, as it was heard last. */
  get heard(): Heard | null {
    const { clock, timing } = this.parts;
    const { heard, durable } = this.voter;
    return heard && heard.term === durable.term && clock.now() - heard.at < timing.promise ? heard : null;
  }

  private mayStand(look: Look): boolean {
    const undisturbed = this.problem === null && !this.follower!.isWorking;
    return look.state === "standby" && !this.voter.blank && undisturbed;
  }

  private async stand(): Promise<void> {
    const { wire, log, settings } = this.parts;
    this.busy = true;
    try {
      const others = this.voters.filter((name) => name !== settings.name);
      const result = await campaign({ name: settings.name, others, voter: this.voter, wire, log });
      if (!result) return;
      this.hasLed.add(result.term);
      await this.takeOffice(result.term, result.membership, (leadership) => leadership.takeOffice());
    } catch (error) {
      log("error", { message: (error as Error).message });
    } finally {
      this.turn.taken();
      this.follower?.restarts();
      this.busy = false;
    }
  }

  // --- what peers ask ---

  async heartbeat(heartbeat: Heartbeat): Promise<HeartbeatAnswer> {
    const before = this.voter.seen;
    const answer = this.voter.hears(heartbeat);
    const { seen } = this.voter;
    if (seen?.ready && !(before?.ready && before.term === seen.term)) this.nudge();
    const { accepted, term } = await answer;
    if (accepted && heartbeat.ready && !before?.ready) this.nudge();
    return { accepted, term, ...(this.condition.full && { full: true }) };
  }

  vote(request: VoteRequest): Promise<VoteAnswer> {
    return this.voter.asked(request);
  }

  resigned(resignation: Resignation): void {
    if (!this.voter.released(resignation)) return;
    const wait = this.turn.comesEarly(resignation.successor === this.self.name);
    void this.parts.clock.sleep(wait).then(() => this.nudge());
    this.settlesAhead(resignation.leader);
    void this.showTheWay();
  }

  /** A vote will be asked for in a moment: until then it is known where the data here ends. */
  private settlesAhead(leader: string): void {
    const { database, log } = this.parts;
    if (database?.course.follow !== leader) return;
    void this.voter
      .exclusively(() => database.steer(this.voter.course(null)))
      .catch((error: Error) => log("error", { message: error.message }));
  }

  /** Clients wait while the primary moves. */
  async pause({ term, milliseconds }: Pause): Promise<PauseAnswer> {
    if (term < this.voter.durable.term) return { paused: false };
    if (milliseconds > 0) return this.clients.hold(milliseconds);
    this.clients.release();
    await this.showTheWay();
    return { paused: false };
  }

  // --- clients ---

  private showTheWay(): Promise<void> {
    return this.clients.lead(this.primary, this.look.state === "standby" ? this.self.ip : null);
  }

  /** Where the primary is, and since which term. */
  get primary(): { ip: string; term: number } | null {
    if (this.leadership)
      return this.leadership.ready && this.look.state === "primary"
        ? { ip: this.self.ip, term: this.leadership.term }
        : null;
    const { clock, timing } = this.parts;
    const { seen, durable } = this.voter;
    if (!seen?.ready || seen.term < durable.term || clock.now() - seen.at >= timing.quiet) return null;
    const leader = this.peers.find(({ name }) => name === seen.leader);
    return leader ? { ip: leader.ip, term: seen.term } : null;
  }
}

const streaming = (look: Look): string[] =>
  look.state === "primary" ? look.standbys.filter(({ flushed }) => flushed !== null).map(({ name }) => name) : [];
