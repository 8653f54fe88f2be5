import { Mutex } from "async-mutex";
import { within, type Clock } from "../clock";
import { nothingYet, type Durable, type Store } from "../durable";
import type { Log } from "../log";
import type { Course, Database, Look } from "../postgres/database";
import type { Timing } from "../timing";
import type { Heartbeat, HeartbeatAnswer, Resignation, VoteAnswer, VoteRequest } from "../wire/messages";
import { judge } from "./ballot";
import { positionAt, type Position } from "./lineage";
import { isLater, synchronousStandbyNames } from "./membership";

export interface VoterParts {
  name: string;
  store: Store;
  /** null on a node without data: it follows nobody, and has no vote. */
  database: Database | null;
  clock: Clock;
  timing: Timing;
  log: Log;
}

/** Who leads, as far as this node has heard. */
export interface Heard extends Heartbeat {
  at: number;
}

/**
 * A node's word. It keeps what was promised to whom, on disk, and gives its vote. A vote stands on two legs: once given,
 * this node takes no more of an earlier leader's log, so its part of that leader's commits has ended whether the leader
 * knows it or not; and it goes only to a candidate whose data reaches as far as its own.
 */
export class Voter {
  /** The last word of the leader of the present term. */
  heard: Heard | null = null;
  /**
   * The latest leader's last word, believed before it is kept: enough to show clients the way, even from a node whose disk
   * hangs. No promise goes by it.
   */
  seen: Heard | null = null;
  /** The latest term whose leader has given up: what it said before may still arrive. */
  private over = 0;
  /** Set when this node leads: it has no vote to give. */
  leading = false;
  /** Called when a later leader or candidate ends this node's own leadership. */
  deposed: (why: string) => void = () => undefined;
  /** When it last gave its vote away: its own candidature waits for what comes of that. */
  votedAt = -Infinity;
  private kept: Durable = nothingYet;
  private isBlank = true;
  private quietSince: number;
  private readonly mutex = new Mutex();
  private readonly writing = new Mutex();

  constructor(private readonly parts: VoterParts) {
    this.quietSince = parts.clock.now();
  }

  get durable(): Readonly<Durable> {
    return this.kept;
  }

  /** A node that never knew a cluster: what it promised, if it ever did, is forgotten, so it has no vote. */
  get blank(): boolean {
    return this.isBlank;
  }

  async load(): Promise<void> {
    const durable = await this.parts.store.read();
    this.isBlank = durable === null;
    this.kept = durable ?? nothingYet;
  }

  /** What was decided in an earlier term than the one that came in meanwhile is dropped. */
  async keep(change: Partial<Durable>): Promise<void> {
    await this.writing.runExclusive(async () => {
      const next = { ...this.kept, ...change };
      if (next.term < this.kept.term) return;
      if (this.isBlank || JSON.stringify(next) !== JSON.stringify(this.kept)) await this.parts.store.write(next);
      this.kept = next;
      this.isBlank = false;
    });
  }

  /** Until when this node has promised a leader to vote for nobody else. It also holds after a restart, which forgot when the leader spoke last. */
  get promisedUntil(): number {
    return this.quietSince + this.parts.timing.promise;
  }

  async hears(heartbeat: Heartbeat): Promise<HeartbeatAnswer> {
    const { clock, log } = this.parts;
    // Outside the lock: while this node settles for a vote, a leader of the past must not wait for its answer.
    if (heartbeat.term < this.kept.term || heartbeat.term === this.over)
      return { term: this.kept.term, accepted: false };
    if (heartbeat.term >= (this.seen?.term ?? 0)) this.seen = { ...heartbeat, at: clock.now() };
    return this.mutex.runExclusive(async () => {
      if (heartbeat.term < this.kept.term) return { term: this.kept.term, accepted: false };
      const { term, leader, systemId, membership } = heartbeat;
      if (this.leading && term > this.kept.term) this.deposed(`${leader} leads term ${term}`);
      if (this.heard?.leader !== leader || this.heard.ready !== heartbeat.ready) {
        log("leader", { leader, term, ready: heartbeat.ready });
      }
      const newer = term > this.kept.term ? { term, votedFor: null, forced: false } : {};
      // A call that the leader gave up long ago may still arrive.
      const outdated = term === this.kept.term && isLater(this.kept.membership, membership);
      await this.keep({
        ...newer,
        ...(outdated ? {} : { membership }),
        ...(heartbeat.ready ? { systemId: this.kept.systemId ?? systemId } : {}),
      });
      this.heard = { ...heartbeat, at: clock.now() };
      this.quietSince = clock.now();
      return { term, accepted: true };
    });
  }

  /** A leader gives up: nobody has to wait for it any more. */
  released({ term, leader }: Resignation): boolean {
    if (term !== this.kept.term || (this.heard && this.heard.leader !== leader)) return false;
    this.heard = null;
    if (this.seen?.term === term) this.seen = null;
    this.over = term;
    this.quietSince = -Infinity;
    return true;
  }

  async asked(request: VoteRequest): Promise<VoteAnswer> {
    const { clock, log } = this.parts;
    if (request.trial) return this.answer(request, await this.position());
    const answer = await this.mutex.runExclusive(async () => {
      // First without its position: what is refused anyway disturbs nothing.
      const refused = this.answer(request, undefined);
      if (!refused.granted) return refused;
      if (request.term > this.kept.term) {
        await this.keep({ term: request.term, votedFor: null, forced: false });
        this.heard = null;
      }
      const judged = this.answer(request, await this.settle());
      if (judged.granted) {
        await this.keep({ votedFor: request.candidate });
        this.votedAt = clock.now();
      }
      return judged;
    });
    log("vote", { candidate: request.candidate, term: request.term, granted: answer.granted, reason: answer.reason });
    return answer;
  }

  /** Its own candidature: its vote is its own from here on. Its position, if its data can stand for election. */
  stands(term: number): Promise<Position | undefined> {
    return this.mutex.runExclusive(async () => {
      if (term <= this.kept.term) return undefined;
      await this.keep({ term, votedFor: this.parts.name, forced: false });
      this.heard = null;
      return this.settle();
    });
  }

  /** Takes the office that it was elected to in this term; false when it has promised something later meanwhile. */
  leads(term: number): Promise<boolean> {
    return this.mutex.runExclusive(async () => {
      if (term !== this.kept.term) return false;
      await this.keep({ led: term });
      return (this.leading = true);
    });
  }

  /** The others are in a later term: what it says in an earlier one would not be heard. */
  catchesUp(term: number): Promise<void> {
    return this.mutex.runExclusive(async () => {
      if (term > this.kept.term) await this.keep({ term, votedFor: null, forced: false });
    });
  }

  /**
   * A standby's course. From its start on there is someone for whom commits would wait, if only itself, who never comes:
   * whether they wait at all is read by PostgreSQL's checkpointer, which may be busy for seconds when it is promoted.
   */
  course(follow: string | null, term = 0): Course {
    const names = synchronousStandbyNames(this.kept.membership.names);
    return { follow, term, synchronousStandbyNames: names || `ANY 1 ("${this.parts.name}")` };
  }

  /** Runs what must not happen while a vote is given. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.mutex.runExclusive(work);
  }

  /**
   * How far this node's data reaches at this moment; undefined when it has none, or does not answer, or is of a timeline
   * of which this node does not know who began it.
   */
  async position(look?: Look): Promise<Position | undefined> {
    const { database } = this.parts;
    if (!database) return undefined;
    const seen = look ?? (await database.look());
    if (seen.state !== "standby" && seen.state !== "primary") return undefined;
    const { lineage, led } = this.kept;
    if (led > 0 && !lineage.some(({ timeline }) => timeline === seen.timeline)) {
      // It was elected, began a timeline, and failed before it could tell anyone.
      await this.keep({ lineage: await database.lineage(seen.timeline, lineage, led) });
    }
    // It may have come from a leader of whom this node has not heard: then this says nothing of what it has confirmed.
    const known = this.kept.lineage.some(({ timeline }) => timeline === seen.timeline);
    return known ? positionAt(seen.lsn, seen.timeline, this.kept.lineage) : undefined;
  }

  /** Ends the stream from whomever this node followed, and waits until it knows where its data ends. */
  private async settle(): Promise<Position | undefined> {
    const { database, clock, timing } = this.parts;
    if (!database) return undefined;
    await database.steer(this.course(null));
    // Less than a candidate waits for this answer.
    const settled = await within(clock, timing.call * 0.6, 20, async () => {
      const look = await database.look();
      if (look.state === "blank" || look.state === "down" || look.state === "primary") return null;
      return look.state === "standby" && look.settled ? look : undefined;
    });
    if (!settled) return undefined;
    // A timeline that it was about to follow, and of which nothing came, is not its data's: its own next one may get that number.
    const { lineage } = this.kept;
    const at = lineage.findIndex(({ timeline }) => timeline === settled.timeline);
    if (at >= 0) await this.keep({ lineage: lineage.slice(0, at + 1) });
    return this.position(settled);
  }

  private answer(request: VoteRequest, position: Position | undefined): VoteAnswer {
    const { clock } = this.parts;
    const { term, votedFor, membership } = this.kept;
    const leader = clock.now() < this.promisedUntil ? (this.heard?.leader ?? "a leader of before the restart") : null;
    const reason = judge(request, {
      blank: this.isBlank,
      leading: this.leading,
      term,
      votedFor,
      promisedTo: leader,
      position,
    });
    return {
      voter: this.parts.name,
      term,
      granted: reason === null,
      membership,
      ...(reason && { reason }),
      ...(position && { position }),
    };
  }
}
