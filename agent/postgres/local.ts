import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { within, type Clock } from "../clock";
import { newestTimeline, type Lineage } from "../election/lineage";
import type { Peer } from "../settings";
import { courseText, readCourse, retryInterval, slotName, writeCourse } from "./course";
import * as data from "./data";
import type { Course, Database, Look } from "./database";
import type { Lsn } from "./lsn";
import { Server } from "./server";
import { once, Refused, Session } from "./session";

const lookText = `SELECT pg_is_in_recovery() AS standby,
  (SELECT system_identifier::text FROM pg_control_system()) AS "systemId",
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END::text AS lsn,
  pg_last_wal_receive_lsn()::text AS received,
  CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_lsn()), 8) END AS timeline,
  (SELECT CASE status WHEN 'streaming' THEN sender_host ELSE '' END FROM pg_stat_wal_receiver) AS sender,
  (SELECT json_build_object('pid', pid, 'waitsFor', wait_event) FROM pg_stat_activity WHERE backend_type = 'startup') AS startup,
  current_setting('primary_conninfo') = '' AS alone,
  (SELECT coalesce(json_agg(json_build_object('name', application_name, 'flushed', flush_lsn)), '[]')
     FROM pg_stat_replication WHERE state = 'streaming') AS standbys`;

interface LookRow {
  standby: boolean;
  systemId: string;
  lsn: Lsn | null;
  received: Lsn | null;
  timeline: string | null;
  /** null: there is no receiver; empty: it does not stream. */
  sender: string | null;
  startup: { pid: number; waitsFor: string | null } | null;
  /** The server has taken up a course that follows nobody. */
  alone: boolean;
  standbys: { name: string; flushed: Lsn | null }[];
}

/** Longer than PostgreSQL waits until it looks again for log that it lacks, twice. */
const settledAfter = 5 * retryInterval.eager;
/** A standby that has been idle for so long, in milliseconds, is told to look less often. */
const patientAfter = 3_000;

export interface LocalPlaces {
  /** Debian's, in a node. */
  socketFolder: string;
  courseFile: string;
}

/** The PostgreSQL of this machine. */
export class LocalDatabase implements Database {
  course: Course = { follow: null, synchronousStandbyNames: "" };
  private readonly session: Session;
  private readonly server: Server;
  private patient = false;
  private idle: { lsn: Lsn; since: number; sleeps: number } | null = null;

  constructor(
    private readonly self: string,
    private readonly nodes: Peer[],
    private readonly clock: Clock,
    private readonly places: LocalPlaces,
  ) {
    this.session = new Session(places.socketFolder, 2_000);
    this.server = new Server(clock);
  }

  async load(): Promise<void> {
    this.course = await readCourse(this.places.courseFile);
    // PostgreSQL does not start without it.
    await this.writeDown(this.course);
  }

  async look(): Promise<Look> {
    try {
      const [row] = await this.session.rows<LookRow>(lookText);
      return row!.standby ? await this.standby(row!) : primary(row!);
    } catch (error) {
      this.idle = null;
      const refusal = error instanceof Refused ? error.refusal : "not now";
      if (refusal === "silence") return { state: "hung" };
      if (refusal === "not now" || (await this.server.runs())) return { state: "starting" };
      return { state: (await data.hasData()) ? "down" : "blank" };
    }
  }

  private async standby({ systemId, lsn, received, sender, startup, alone }: LookRow): Promise<Look> {
    // Between its start and its first record it has replayed nothing yet.
    if (lsn === null) return { state: "starting" };
    // It was just starting when it was told.
    if (!alone && this.course.follow === null) await this.server.reload();
    const waits = alone && sender === null && startup?.waitsFor === "RecoveryRetrieveRetryInterval";
    const sleeps = waits ? await sleepsOf(startup.pid) : 0;
    if (!waits) this.idle = null;
    else if (this.idle?.lsn !== lsn) this.idle = { lsn, since: this.clock.now(), sleeps };
    if (this.idle && !this.patient && this.clock.now() - this.idle.since > patientAfter) {
      await this.writeDown(this.course, retryInterval.patient);
      await this.server.reload();
      this.patient = true;
    }
    const settled = this.idle !== null && this.hasSettled(this.idle, sleeps, received === lsn);
    const streamsFrom = this.nodes.find(({ ip }) => ip === sender)?.name ?? null;
    return {
      state: "standby",
      systemId,
      lsn,
      timeline: newestTimeline(await data.logFiles(), lsn),
      streamsFrom,
      settled,
    };
  }

  /**
   * Whether nothing can come any more. The server has reloaded its settings; but the process that replays, and would ask
   * for a stream, must have run since then and found nothing to do. When everything received is replayed, that is all;
   * after a restart, when it is not known what was received, it must also have looked for more log, twice.
   */
  private hasSettled(idle: { since: number; sleeps: number }, sleeps: number, replayedAll: boolean): boolean {
    return sleeps >= idle.sleeps + 3 && (replayedAll || this.clock.now() - idle.since >= settledAfter);
  }

  async steer(course: Course): Promise<void> {
    if (isDeepStrictEqual(course, this.course)) return;
    await this.writeDown(course);
    this.course = course;
    this.patient = false;
    this.idle = null;
    await this.server.reload();
  }

  private async writeDown(course: Course, retry?: number): Promise<void> {
    await writeCourse(this.places.courseFile, courseText(course, this.self, this.nodes, retry));
  }

  start(): Promise<void> {
    return this.server.start();
  }

  async stop(how: "fast" | "immediate"): Promise<void> {
    this.session.close();
    await this.server.stop(how);
  }

  async promote(): Promise<void> {
    await this.session.rows("SELECT pg_promote(false)");
    for (let tries = 0; tries < 1500; tries += 1) {
      const [row] = await this.session.rows<{ standby: boolean }>("SELECT pg_is_in_recovery() AS standby");
      if (!row!.standby) return;
      await this.clock.sleep(20);
    }
    throw new Error("PostgreSQL has not become the primary within 30 s.");
  }

  initialise(): Promise<void> {
    return data.initialise();
  }

  clone(from: string, giveUp: () => Promise<void>): Promise<void> {
    return data.clone(this.ip(from), giveUp);
  }

  rewind(from: string): Promise<void> {
    return data.rewind(this.ip(from));
  }

  lineage(timeline: number, known: Lineage, term: number): Promise<Lineage> {
    return data.lineage(timeline, known, term);
  }

  isFull(): Promise<boolean> {
    return data.isFull();
  }

  /** Through a session of its own, to the disk. */
  write(): Promise<void> {
    return once(this.places.socketFolder, "SELECT pg_logical_emit_message(false, 'trivet', '', true)", 3_000);
  }

  async keepSlots(names: string[], term: number): Promise<void> {
    const wanted = names.map((name) => slotName(name, term));
    const others = "slot_type = 'physical' AND NOT temporary AND slot_name <> ALL ($1)";
    const slots = "SELECT slot_name FROM pg_replication_slots";
    const hangUp = `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active AND ${others}`;
    const drop = `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active AND ${others}`;
    // A receiver that was hung up on may be back before its slot is gone.
    await within(this.clock, 500, 20, async () => {
      const hungUp = await this.session.rows(hangUp, [wanted]);
      await this.session.rows(drop, [wanted]);
      return hungUp.length === 0 ? true : undefined;
    });
    await this.session.rows(
      `SELECT pg_create_physical_replication_slot(name, true) FROM unnest($1::name[]) AS name WHERE name NOT IN (${slots})`,
      [wanted],
    );
  }

  async checkpoint(): Promise<void> {
    await this.session.rows("CHECKPOINT", [], 300_000);
  }

  async oldestTransaction(): Promise<number> {
    const [row] = await this.session.rows<{ age: number }>(
      `SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8 AS age
         FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    return row!.age;
  }

  async needsRestart(): Promise<boolean> {
    const [row] = await this.session.rows<{ pending: boolean }>(
      "SELECT count(*) > 0 AS pending FROM pg_settings WHERE pending_restart",
    );
    return row!.pending;
  }

  private ip(name: string): string {
    return this.nodes.find((node) => node.name === name)!.ip;
  }
}

/** How often a process has gone to sleep by itself. */
async function sleepsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(text)?.[1] ?? 0);
}

function primary({ systemId, lsn, timeline, standbys }: LookRow): Look {
  return { state: "primary", systemId, lsn: lsn!, timeline: parseInt(timeline!, 16), standbys };
}
