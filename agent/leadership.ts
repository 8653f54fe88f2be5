import type { Clock } from "./clock";
import { changeOrder, majority, synchronousStandbyNames, type Membership } from "./election/membership";
import type { Voter } from "./election/voter";
import type { Log } from "./log";
import type { Database, Primary } from "./postgres/database";
import { compareLsn, parseLsn, type Lsn } from "./postgres/lsn";
import type { Peer } from "./settings";
import type { Timing } from "./timing";
import type { Heartbeat, Wire } from "./wire/messages";

export interface LeadershipParts {
  self: Peer;
  peers: Peer[];
  term: number;
  membership: Membership;
  voter: Voter;
  database: Database;
  wire: Wire;
  clock: Clock;
  timing: Timing;
  log: Log;
  /** Called once, when a peer knows a later term. */
  onDeposed: (why: string) => void;
}

interface Confirmation {
  /** When the heartbeat that was confirmed was sent: the peer's promise runs at least from here. */
  sentAt: number;
  membership: Membership | null;
  full: boolean;
}

/** One node's time as the leader, from its election until it ends. */
export class Leadership {
  ready = false;
  ended = false;
  membership: Membership;
  /** When a standby other than this node was last seen streaming. */
  private lastCompany: number;
  private systemId = "";
  private readonly confirmed = new Map<string, Confirmation>();
  private readonly wake = new Map<string, () => void>();
  private changing = false;
  /** A majority knows the members, and commits wait for them. */
  private told = true;
  /** Grows with everything there is to say. */
  private news = 0;

  constructor(private readonly parts: LeadershipParts) {
    this.membership = parts.membership;
    const now = parts.clock.now();
    this.lastCompany = now;
    // It has as long to be confirmed for the first time as later from one confirmation to the next.
    for (const peer of parts.peers) this.confirmed.set(peer.name, { sentAt: now, membership: null, full: false });
    for (const peer of parts.peers) void this.confirm(peer);
  }

  get term(): number {
    return this.parts.term;
  }

  /** Makes this node's PostgreSQL the primary. @throws Error when that fails */
  async takeOffice(): Promise<void> {
    const { database, voter, term, log } = this.parts;
    await this.commitsWaitFor(this.membership.names);
    // Before a commit counts on the members, a majority must know who they are: the next candidate will ask it.
    const known = this.isKnown();
    this.goesOn();
    // Who still follows this node as the leader of the past would take this term's log for that one's.
    await database.keepSlots([], term);
    await database.promote();
    const look = await database.look();
    this.goesOn();
    if (look.state !== "primary") throw new Error(`PostgreSQL is ${look.state} after its promotion.`);
    const lineage = await database.lineage(look.timeline, voter.durable.lineage, term);
    await voter.keep({ lineage, systemId: look.systemId, membership: this.membership });
    this.systemId = look.systemId;
    await this.makeSlots();
    if (!(await known)) throw new Error("No majority confirmed the members.");
    this.goesOn();
    this.ready = true;
    this.speak();
    log("primary", { term, timeline: look.timeline, lsn: look.lsn });
    // So that a former primary can be rewound to it, and a crash has little to recover.
    void database.checkpoint().catch(() => undefined);
  }

  /** After the agent's own restart: PostgreSQL has been the primary all the time. */
  async resume(look: Primary): Promise<void> {
    const { voter, term, log } = this.parts;
    this.systemId = look.systemId;
    this.told = false;
    await voter.keep({
      lineage: await this.parts.database.lineage(look.timeline, voter.durable.lineage, term),
      systemId: look.systemId,
    });
    // It may have been killed before it came to that.
    await this.makeSlots();
    this.goesOn();
    this.ready = true;
    this.speak();
    log("primary still", { term, timeline: look.timeline });
  }

  private makeSlots(): Promise<void> {
    const { database, peers, term } = this.parts;
    return database.keepSlots(
      peers.filter(({ data }) => data).map(({ name }) => name),
      term,
    );
  }

  /** What was begun in office must not go on after it. @throws Error when it has ended */
  private goesOn(): void {
    if (this.ended) throw new Error(`Term ${this.term} has ended.`);
  }

  end(): void {
    this.ended = true;
    this.ready = false;
    this.speak();
  }

  /** Whether a majority of the voters, itself included, has confirmed it recently enough. */
  get holds(): boolean {
    return this.parts.voter.durable.forced || this.isConfirmed;
  }

  private get isConfirmed(): boolean {
    const { clock, timing } = this.parts;
    return this.majorityOf(({ sentAt }) => clock.now() - sentAt < timing.fence);
  }

  /** Whose disk, as it said lately, is not full. */
  hasRoom(peer: string): boolean {
    const { clock, timing } = this.parts;
    const last = this.confirmed.get(peer);
    return last !== undefined && !last.full && clock.now() - last.sentAt < timing.fence;
  }

  private majorityOf(test: (confirmation: Confirmation) => boolean): boolean {
    const voters = this.parts.peers.filter(({ data }) => data);
    return voters.filter(({ name }) => test(this.confirmed.get(name)!)).length + 1 >= majority(voters.length + 1);
  }

  /**
   * Keeps the membership in step with who is there: a standby that streams becomes a member; a node that the stack has no
   * more is none; and when nobody streams any more, `mayGoOnAlone` lets this node go on alone.
   */
  async tend(look: Primary, mayGoOnAlone: boolean): Promise<void> {
    const { self, peers, clock, timing } = this.parts;
    if (this.changing || !this.ready || !(await this.isInStep())) return;
    const members = this.membership.names;
    const data = peers.filter((peer) => peer.data).map(({ name }) => name);
    const streaming = look.standbys.filter(({ name }) => data.includes(name));
    if (streaming.length > 0) this.lastCompany = clock.now();

    const gone = members.find((name) => name !== self.name && !data.includes(name));
    const newcomer = streaming.find(({ name, flushed }) => !members.includes(name) && isNear(look.lsn, flushed));
    if (gone) await this.change(members.filter((name) => name !== gone));
    else if (newcomer) await this.change([...members, newcomer.name], newcomer.name);
    else if (mayGoOnAlone && members.length > 1 && clock.now() - this.lastCompany > timing.alone)
      await this.change([self.name]);
  }

  /** A change that broke off, here or before a restart of the agent: a majority knows the members, then commits wait for them. */
  private async isInStep(): Promise<boolean> {
    if (this.told) return true;
    this.changing = true;
    try {
      if (!(await this.isKnown())) return false;
      await this.commitsWaitFor(this.membership.names);
      return (this.told = true);
    } finally {
      this.changing = false;
    }
  }

  private async change(names: string[], newcomer?: string): Promise<void> {
    const { log, term } = this.parts;
    this.changing = true;
    try {
      const before = this.membership.names;
      const after = { term, change: this.membership.change + 1, names };
      if (changeOrder(before, names) === "commits first") {
        await this.commitsWaitFor(names);
        if (!(await this.caughtUp(newcomer, names))) return void (await this.commitsWaitFor(before));
        await this.tell(after);
      } else {
        if (!(await this.tell(after))) return;
        await this.commitsWaitFor(names);
      }
      log("members", { names, term });
    } finally {
      this.changing = false;
    }
  }

  /** When it resolves, no commit is acknowledged any more that these members have not confirmed. */
  private async commitsWaitFor(members: string[]): Promise<void> {
    this.goesOn();
    const { database } = this.parts;
    const before = database.course.synchronousStandbyNames;
    const names = synchronousStandbyNames(members);
    await database.steer({ follow: null, synchronousStandbyNames: names });
    // Commits begin to wait when the checkpointer has read the setting, which it does before its next checkpoint.
    if (before === "" && names !== "") await database.checkpoint();
  }

  /** Whether what commits wait for from now on has everything that was committed before. */
  private async caughtUp(newcomer: string | undefined, names: string[]): Promise<boolean> {
    const { database, clock, self } = this.parts;
    const must = newcomer ? [newcomer] : names.filter((name) => name !== self.name);
    let target: Lsn | undefined;
    // Each process that acknowledges commits takes the setting up in its own time.
    await clock.sleep(300);
    for (let tries = 0; tries < 50 && !this.ended; tries += 1) {
      const look = await database.look();
      if (look.state !== "primary") return false;
      target ??= look.lsn;
      const reached = (name: string) => {
        const flushed = look.standbys.find((standby) => standby.name === name)?.flushed;
        return flushed ? compareLsn(flushed, target!) >= 0 : false;
      };
      if (must.every(reached)) return true;
      await clock.sleep(200);
    }
    return false;
  }

  /** Makes it known to a majority; false when that was not confirmed in time, and then it may hold or not. */
  private async tell(membership: Membership): Promise<boolean> {
    this.goesOn();
    await this.parts.voter.keep({ membership });
    this.membership = membership;
    this.told = false;
    this.speak();
    return (this.told = await this.isKnown());
  }

  private async isKnown(): Promise<boolean> {
    const { clock, timing, voter } = this.parts;
    const until = clock.now() + timing.fence;
    const known = this.membership;
    while (!this.ended && clock.now() < until) {
      if (voter.durable.forced || this.majorityOf(({ membership }) => membership === known)) return true;
      await clock.sleep(50);
    }
    return false;
  }

  /** Says everything again to everyone now. */
  private speak(): void {
    this.news += 1;
    for (const wake of this.wake.values()) wake();
  }

  private async confirm(peer: Peer): Promise<void> {
    const { clock, timing, wire, voter, term, onDeposed } = this.parts;
    while (!this.ended) {
      const sentAt = clock.now();
      const { membership, news } = this;
      try {
        const answer = await wire.call(peer.name, "heartbeat", this.heartbeat());
        if (this.ended) return;
        if (answer.accepted) {
          this.confirmed.set(peer.name, { sentAt, membership, full: answer.full ?? false });
          if (voter.durable.forced && this.isConfirmed) await voter.keep({ forced: false });
        } else if (answer.term > term) {
          onDeposed(`${peer.name} is in term ${answer.term}`);
          return;
        }
      } catch {
        // Silence is counted by `holds`.
      }
      if (news === this.news) await this.pause(peer.name, Math.max(0, timing.heartbeat - (clock.now() - sentAt)));
    }
  }

  private heartbeat(): Heartbeat {
    const { term, self, voter } = this.parts;
    const { lineage } = voter.durable;
    return {
      term,
      leader: self.name,
      ready: this.ready,
      systemId: this.systemId,
      lineage,
      membership: this.membership,
    };
  }

  private async pause(peer: string, milliseconds: number): Promise<void> {
    await Promise.race([
      this.parts.clock.sleep(milliseconds),
      new Promise<void>((resolve) => this.wake.set(peer, resolve)),
    ]);
  }
}

/** In bytes: so much log reaches a standby in a moment, and commits that begin to wait for it do not wait long. */
const near = 16n * 1024n * 1024n;

const isNear = (lsn: Lsn, flushed: Lsn | null): boolean => flushed !== null && parseLsn(lsn) - parseLsn(flushed) < near;
