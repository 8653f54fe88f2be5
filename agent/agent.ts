import { campaign } from "./election/campaign";
import { confirmations, type Membership } from "./election/membership";
import { Voter } from "./election/voter";
import type { Clock } from "./clock";
import type { Store } from "./durable";
import { Follower } from "./follower";
import { leaderVerdict } from "./verdict";
import { Leadership } from "./leadership";
import type { Log } from "./log";
import type { Pooler } from "./pooler/pooler";
import { route, sameRoute } from "./pooler/routing";
import type { Database, Look } from "./postgres/database";
import type { Peer, Settings } from "./settings";
import type { Timing } from "./timing";
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
  private readonly follower: Follower | null;
  private stopped = false;
  private busy = false;
  /** When the database was last seen as it should be, for a leader. */
  private soundAt = 0;
  private writtenAt = 0;
  private standsAt = Infinity;
  private primaryAt: number;
  private heldUntil = -Infinity;

  constructor(readonly parts: AgentParts) {
    const { settings, store, database, clock, timing, log } = parts;
    this.self = settings.nodes.find(({ name }) => name === settings.name)!;
    this.peers = settings.nodes.filter(({ name }) => name !== settings.name);
    this.voter = new Voter({ name: settings.name, store, database, clock, timing, log });
    this.voter.deposed = (why) => void this.stepDown(why);
    this.follower = database && new Follower(database, this.voter, parts);
    this.primaryAt = clock.now();
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
    const { clock, timing, settings } = this.parts;
    if (look.state === "primary") this.soundAt = clock.now();
    const verdict = leaderVerdict(
      {
        look,
        ready: leadership.ready,
        holds: leadership.holds,
        unsound: clock.now() - this.soundAt,
        unwritten: clock.now() - this.writtenAt,
      },
      timing,
    );
    if (verdict) return this.stepDown(verdict);
    if (look.state === "primary" && leadership.ready) {
      void leadership
        .tend(look, settings.lastNode === "available")
        .catch((error: Error) => this.parts.log("error", { message: error.message }));
    }
  }

  /** Writes a record each second for as long as it leads: a disk that takes none is noticed by that alone. */
  private async provesItself(leadership: Leadership): Promise<void> {
    const { database, clock } = this.parts;
    while (!leadership.ended) {
      try {
        await database!.write();
        this.writtenAt = clock.now();
      } catch {
        // The verdict goes by what was written.
      }
      await clock.sleep(1000);
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

  /**
   * An operator makes this node the leader without asking anyone: the others are lost, and so is what only they had.
   * @throws Error when its PostgreSQL is no standby
   */
  async forceLeadership(): Promise<void> {
    if (this.leadership) throw new Error(`${this.self.name} is the primary already.`);
    if (this.look.state !== "standby")
      throw new Error(`PostgreSQL on ${this.self.name} is ${this.look.state}; it has to be a standby that answers.`);
    if (this.follower!.isWorking)
      throw new Error(`PostgreSQL on ${this.self.name} is being worked on; try again in a moment.`);
    await this.undisturbed(async () => {
      const term = this.voter.durable.term + 1000;
      await this.voter.stands(term);
      await this.voter.keep({ forced: true });
      await this.begins(term, { term, change: 0, names: [this.self.name] });
    });
  }

  /** Replaces this node's data by a copy of the leader's. @throws Error when there is none, or it is this node */
  async replaceData(): Promise<void> {
    const heard = this.leaderHeard();
    if (!heard?.ready)
      throw new Error(this.leadership ? `${this.self.name} is the primary.` : "There is no primary to copy from.");
    await this.follower!.replaceData(heard);
  }

  /** What an operator should know. */
  problems(): string[] {
    const { clock } = this.parts;
    const problems: string[] = [];
    if (this.problem) problems.push(this.problem);
    if (!this.primaryNow() && clock.now() - this.primaryAt > this.parts.timing.reads) {
      problems.push(
        "no primary is known: fewer than a majority of the data nodes answer each other, or none of them has all the data",
      );
    }
    if (this.leadership?.ready && this.look.state === "primary") {
      const { membership } = this.leadership;
      const streaming = this.look.standbys.length;
      if (confirmations(membership.names) > streaming)
        problems.push("writes wait: too few standbys are streaming to confirm them");
      if (this.voter.durable.forced)
        problems.push("it was made the primary by force, and no majority has confirmed it since");
    }
    return problems;
  }

  /** The leader that this node follows. */
  get hears(): string | null {
    return this.leaderHeard()?.leader ?? null;
  }

  private async takeOffice(
    term: number,
    membership: Membership,
    begin: (leadership: Leadership) => Promise<void>,
  ): Promise<void> {
    const { clock, log } = this.parts;
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
    this.soundAt = this.writtenAt = clock.now();
    this.leadership = leadership;
    try {
      await begin(leadership);
      this.writtenAt = clock.now();
      this.nudge();
      this.follower!.succeeds();
      void this.provesItself(leadership);
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

  /** Whose data reaches furthest, as far as was seen. */
  private bestStandby(): string | undefined {
    if (this.look.state !== "primary") return this.lastStandby;
    return (this.lastStandby = this.look.standbys.find(({ flushed }) => flushed !== null)?.name);
  }
  private lastStandby: string | undefined;

  // --- following ---

  private async follow(follower: Follower, look: Look): Promise<void> {
    const { clock } = this.parts;
    if (await this.leadsStill(look)) return;
    const heard = this.leaderHeard();
    this.problem = await follower.step(look, heard);
    if (heard) this.standsAt = Infinity;
    else if (this.mayStand(look) && clock.now() >= this.dueAt()) void this.stand();
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

  private leaderHeard() {
    const { clock, timing } = this.parts;
    const { heard, durable } = this.voter;
    return heard && heard.term === durable.term && clock.now() - heard.at < timing.promise ? heard : null;
  }

  private mayStand(look: Look): boolean {
    const undisturbed = this.problem === null && !this.follower!.isWorking;
    return look.state === "standby" && !this.voter.blank && undisturbed;
  }

  /** When to stand, once nobody leads: each voter at another moment. */
  private dueAt(): number {
    const { clock, timing, random } = this.parts;
    if (this.standsAt === Infinity)
      this.standsAt = Math.max(clock.now(), this.voter.promisedUntil) + this.rank() * timing.stagger;
    return Math.max(this.standsAt, this.voter.votedAt + timing.call * (1 + random()));
  }

  private rank(): number {
    return this.voters().indexOf(this.self.name);
  }

  private voters(): string[] {
    return this.parts.settings.nodes.filter(({ data }) => data).map(({ name }) => name);
  }

  private async stand(): Promise<void> {
    const { wire, log, clock, timing, random, settings } = this.parts;
    this.busy = true;
    try {
      const others = this.voters().filter((name) => name !== settings.name);
      const result = await campaign({ name: settings.name, others, voter: this.voter, wire, log });
      if (!result) return;
      this.hasLed.add(result.term);
      await this.takeOffice(result.term, result.membership, (leadership) => leadership.takeOffice());
    } catch (error) {
      log("error", { message: (error as Error).message });
    } finally {
      this.standsAt = clock.now() + timing.stagger * (0.5 + this.rank() + random());
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
    const { accepted } = await answer;
    if (accepted && heartbeat.ready && !before?.ready) this.nudge();
    return answer;
  }

  vote(request: VoteRequest): Promise<VoteAnswer> {
    return this.voter.asked(request);
  }

  resigned(resignation: Resignation): void {
    const { clock, timing, settings } = this.parts;
    if (!this.voter.released(resignation)) return;
    // The other voters hear of it at the same moment, more or less; a candidate that is too early is refused.
    const soon = 30;
    const turn = resignation.successor === settings.name ? soon : (2 + this.rank()) * timing.stagger;
    this.standsAt = clock.now() + turn;
    void clock.sleep(turn).then(() => this.nudge());
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

  /** Clients wait while the primary moves; not for ever, should nobody say that it has moved. */
  async pause({ term, milliseconds }: Pause): Promise<PauseAnswer> {
    const { clock, pooler } = this.parts;
    if (term < this.voter.durable.term) return { paused: false };
    this.heldUntil = clock.now() + milliseconds;
    if (milliseconds === 0) {
      await this.showTheWay();
      return { paused: false };
    }
    return { paused: await pooler.hold(Math.min(milliseconds, 5000)) };
  }

  // --- clients ---

  /** The term of the leader whom clients are led to; a hold ends when it is a new one. */
  private ledTo = 0;

  private async showTheWay(): Promise<void> {
    const { clock, pooler, timing, log } = this.parts;
    const primary = this.primaryNow();
    if (primary) this.primaryAt = clock.now();
    if (primary && primary.term > this.ledTo) {
      this.ledTo = primary.term;
      this.heldUntil = -Infinity;
    }
    const wanted = route({
      primary: primary?.ip ?? null,
      without: clock.now() - this.primaryAt,
      held: clock.now() < this.heldUntil,
      standby: this.look.state === "standby" ? this.self.ip : null,
      reads: timing.reads,
    });
    if (sameRoute(pooler.route, wanted)) return;
    try {
      await pooler.lead(wanted);
      log("clients", { ...wanted });
    } catch {
      // It does not run yet, or not now: the next look tries again.
    }
  }

  /** Where the primary is, and since which term. */
  primaryNow(): { ip: string; term: number } | null {
    if (this.leadership)
      return this.leadership.ready && this.look.state === "primary"
        ? { ip: this.self.ip, term: this.leadership.term }
        : null;
    const { clock, timing } = this.parts;
    const { seen, durable } = this.voter;
    if (!seen?.ready || seen.term < durable.term || clock.now() - seen.at >= timing.promise) return null;
    const leader = this.peers.find(({ name }) => name === seen.leader);
    return leader ? { ip: leader.ip, term: seen.term } : null;
  }
}
