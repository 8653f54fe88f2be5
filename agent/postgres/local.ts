import { Mutex } from "async-mutex";
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { within, type Clock } from "../clock";
import { newestTimeline, type Lineage } from "../election/lineage";
import type { Peer } from "../settings";
import { courseText, readCourse, slotName, writeCourse } from "./course";
import * as data from "./data";
import type { Course, Database, Look } from "./database";
import type { Lsn } from "./lsn";
import { Server } from "./server";
import { once, Refused, Session } from "./session";
import { Settling } from "./settling";

const lookText = `SELECT pg_is_in_recovery() AS standby,
  (SELECT system_identifier::text FROM pg_control_system()) AS "systemId",
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END::text AS lsn,
  pg_last_wal_receive_lsn()::text AS received,
  CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_lsn()), 8) END AS timeline,
  (SELECT CASE status WHEN 'streaming' THEN sender_host ELSE '' END FROM pg_stat_wal_receiver) AS sender,
  (SELECT json_build_object('pid', pid, 'waitsFor', wait_event) FROM pg_stat_activity WHERE backend_type = 'startup') AS startup,
  current_setting('primary_conninfo') = '' AS alone,
  (extract(epoch FROM current_setting('wal_retrieve_retry_interval')::interval) * 1000)::int AS "retryInterval",
  pg_size_bytes(current_setting('wal_segment_size'))::int AS "logFileBytes",
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
  /** In milliseconds. */
  retryInterval: number;
  logFileBytes: number;
  standbys: { name: string; flushed: Lsn | null }[];
}

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
  private readonly settling: Settling;
  /** One course is written after the other. */
  private readonly steering = new Mutex();

  constructor(
    private readonly self: string,
    private readonly nodes: Peer[],
    private readonly clock: Clock,
    private readonly places: LocalPlaces,
  ) {
    this.session = new Session(places.socketFolder, 2_000);
    this.server = new Server(clock);
    this.settling = new Settling(clock);
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
      this.settling.restarts();
      const refusal = error instanceof Refused ? error.refusal : "not now";
      if (refusal === "silence") return { state: "hung" };
      if (refusal === "not now" || (await this.server.runs())) return { state: "starting" };
      return { state: (await data.hasData()) ? "down" : "blank" };
    }
  }

  private async standby(row: LookRow): Promise<Look> {
    const { lsn, sender, startup, alone } = row;
    // Between its start and its first record it has replayed nothing yet.
    if (lsn === null) return { state: "starting" };
    // It was just starting when it was told.
    if (!alone && this.course.follow === null) await this.server.reload();
    const waits = alone && sender === null && startup?.waitsFor === "RecoveryRetrieveRetryInterval";
    const sleeps = waits ? await sleepsOf(startup.pid) : null;
    const { settled, retry } = this.settling.sees({ lsn, replayedAll: row.received === lsn, sleeps });
    if (alone && retry !== row.retryInterval) await this.pace(retry);
    const streamsFrom = this.nodes.find(({ ip }) => ip === sender)?.name ?? null;
    return {
      state: "standby",
      systemId: row.systemId,
      lsn,
      timeline: newestTimeline(await data.logFiles(), lsn, row.logFileBytes),
      streamsFrom,
      settled,
    };
  }

  steer(course: Course): Promise<void> {
    return this.steering.runExclusive(async () => {
      if (isDeepStrictEqual(course, this.course)) return;
      await this.writeDown(course);
      this.course = course;
      this.settling.restarts();
      await this.server.reload();
    });
  }

  /** Has a standby that follows nobody wait so long until it looks for more log. A course that came meanwhile stays. */
  private pace(retry: number): Promise<void> {
    return this.steering.runExclusive(async () => {
      if (this.course.follow !== null) return;
      await this.writeDown(this.course, retry);
      await this.server.reload();
    });
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

  async freshLog(): Promise<void> {
    await this.session.rows("SELECT pg_switch_wal()");
    const [end] = await this.session.rows<{ lsn: string }>("SELECT pg_current_wal_flush_lsn()::text AS lsn");
    const question = "SELECT coalesce(bool_and(flush_lsn >= $1::pg_lsn), true) AS arrived FROM pg_stat_replication";
    await within(this.clock, 3_000, 20, async () => {
      const [row] = await this.session.rows<{ arrived: boolean }>(question, [end!.lsn]);
      return row!.arrived || undefined;
    });
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
