import type { Course } from "../../../agent/postgres/database";
import { receive, serves, timelineOf, type Data } from "./data";
import type { Network } from "./network";
import type { Time } from "./time";

/** What a server shares with the others: the world around it. */
export interface Surroundings {
  time: Time;
  network: Network;
  /** The server that takes connections on a node, if one does. */
  serverOf: (node: string) => Server | undefined;
  acknowledged: (server: Server, id: string) => void;
  violated: (what: string) => void;
}

export interface Disk {
  hangs: boolean;
  /** Nothing grows any more. There is log left to write, so a primary lives on, but what clients write fails. */
  full: boolean;
}

interface Waiter {
  id: string;
  place: number;
}

/** One stream of log. Both ends have it until each has noticed its end. */
export interface Stream {
  source: Server;
  sink: Server;
  flushed: number | null;
  sending: boolean;
  silent: number;
}

let reigns = 0;

/** A running PostgreSQL: from its start until its last process has ended. */
export class Server {
  mode: "starting" | "standby" | "primary" | "stopping" = "starting";
  ended = false;
  /** Its machine lost its power: it hung up on nobody. */
  vanished = false;
  /** All its processes are stopped (SIGSTOP). */
  frozen = false;
  /** It was killed, but hangs in the disk. */
  doomed = false;
  /** Its data was rewound, and is not consistent until more of the source's log has come. */
  private waitsForLog = false;
  replayed = 0;
  /** Which promotion made it the primary. */
  reign = 0;
  /** The settings that are in effect. */
  conf: Course;
  /** Whether commits wait at all: so the checkpointer says, which reads the settings when it has the time. */
  private waits: boolean;
  upstream: Stream | null = null;
  readonly streams = new Set<Stream>();
  waiting: Waiter[] = [];

  constructor(
    readonly node: string,
    readonly data: Data,
    private readonly disk: Disk,
    private readonly file: () => Course,
    private readonly around: Surroundings,
  ) {
    this.conf = file();
    this.waits = this.conf.synchronousStandbyNames !== "";
    this.replayed = Math.floor(data.log.length * around.time.between(0.9, 1));
    this.connectLater();
  }

  get talks(): boolean {
    return !this.ended && !this.frozen && !this.doomed && (this.mode === "standby" || this.mode === "primary");
  }

  get settled(): boolean {
    return this.upstream === null && this.replayed === this.data.log.length;
  }

  /** The settings' new text takes effect a moment after it was asked for. */
  reload(): void {
    const { time } = this.around;
    const takeUp = (): void => {
      if (this.ended) return;
      if (this.frozen) return time.after(100, takeUp);
      const course = this.file();
      const moved = course.follow !== this.conf.follow || course.term !== this.conf.term;
      this.conf = course;
      time.after(time.chance(0.1) ? time.between(20, 3_000) : time.between(0, 20), () => this.checkpointed());
      if (moved && this.upstream) this.disconnect(this.upstream);
    };
    time.after(time.chance(0.05) ? time.between(20, 200) : time.between(1, 20), takeUp);
  }

  /** The checkpointer has read the settings. */
  checkpointed(): void {
    this.waits = this.conf.synchronousStandbyNames !== "";
    this.release();
  }

  // --- as a standby ---

  opens(): void {
    if (this.ended || this.mode !== "starting") return;
    this.waitsForLog = this.data.log.length < this.data.consistentAt;
    if (this.frozen || this.disk.hangs || this.waitsForLog) return this.around.time.after(100, () => this.opens());
    this.mode = "standby";
    this.replay();
  }

  private replay(): void {
    if (this.ended || this.mode !== "standby") return;
    const { time } = this.around;
    const behind = this.data.log.length - this.replayed;
    if (behind > 0 && !this.frozen && !time.chance(0.1)) this.replayed += Math.ceil(behind * time.between(0.3, 1));
    time.after(behind > 0 ? 10 : 40, () => this.replay());
  }

  private connectLater(): void {
    const { time } = this.around;
    time.after(time.between(80, 120), () => {
      if (this.ended) return;
      this.connect();
      this.connectLater();
    });
  }

  private connect(): void {
    const { network, serverOf } = this.around;
    const { follow } = this.conf;
    if ((this.mode !== "standby" && !this.waitsForLog) || this.frozen || this.upstream || follow === null) return;
    if (!network.passes(this.node, follow) || !network.passes(follow, this.node)) return;
    const source = serverOf(follow);
    if (!source?.talks || source.data.systemId !== this.data.systemId) return;
    if (!source.data.slots.includes(this.slot)) return;
    this.data.newest = Math.max(this.data.newest, source.data.newest);
    if (!serves(source.data, timelineOf(this.data), this.data.log.length)) return;
    const stream: Stream = { source, sink: this, flushed: null, sending: false, silent: 0 };
    this.upstream = stream;
    source.streams.add(stream);
    this.feedBack(stream);
    this.keepAlive(stream);
    source.send(stream);
  }

  private disconnect(stream: Stream): void {
    this.upstream = null;
    if (this.around.network.passes(this.node, stream.source.node)) stream.source.streams.delete(stream);
  }

  /** Each side ends a stream of which it hears nothing for about five seconds; of a process that ended, at once. */
  private keepAlive(stream: Stream): void {
    const { time, network } = this.around;
    const { source, sink } = stream;
    time.after(500, () => {
      const known = source.streams.has(stream) || sink.upstream === stream;
      if (!known) return;
      const silent = source.vanished || sink.vanished;
      const cut = silent || !network.passes(source.node, sink.node) || !network.passes(sink.node, source.node);
      const half = sink.upstream !== stream || source.ended || sink.ended || !source.streams.has(stream);
      stream.silent = cut || half || source.frozen || sink.frozen ? stream.silent + 1 : 0;
      if (stream.silent >= 10 || (half && !cut)) {
        source.streams.delete(stream);
        if (sink.upstream === stream) sink.upstream = null;
        return;
      }
      this.keepAlive(stream);
    });
  }

  // --- as a source ---

  /** Sends what a standby has not got yet; what was sent arrives later, and what was flushed there is known later still. */
  send(stream: Stream): void {
    const { sink } = stream;
    const upTo = this.data.log.length;
    const { time, network } = this.around;
    if (stream.sending || this.ended || this.frozen || !this.streams.has(stream)) return;
    if (upTo <= sink.data.log.length && timelineOf(this.data) === timelineOf(sink.data)) return;
    stream.sending = true;
    const lives = (): boolean => sink.upstream === stream && !sink.ended;
    const arrive = (): void => {
      if (!lives()) return;
      if (sink.frozen || sink.disk.hangs) return time.after(100, arrive);
      stream.sending = false;
      if (!serves(this.data, timelineOf(sink.data), sink.data.log.length)) return sink.disconnect(stream);
      receive(sink.data, this.data, Math.min(upTo, this.data.log.length));
      sink.feedBack(stream);
      for (const further of sink.streams) sink.send(further);
      this.send(stream);
    };
    network.send(this.node, sink.node, Infinity, () => time.after(time.between(0.5, 3), arrive), lives);
  }

  /** Whoever streams by another slot is hung up on. */
  keepSlots(slots: string[]): void {
    this.data.slots = slots;
    for (const { sink } of this.streams) {
      if (!slots.includes(sink.slot) && sink.upstream?.source === this) sink.disconnect(sink.upstream);
    }
  }

  /** By which a source knows it. */
  private get slot(): string {
    return `${this.node} ${this.conf.term}`;
  }

  private feedBack(stream: Stream): void {
    const { time, network } = this.around;
    const { source } = stream;
    const place = this.data.log.length;
    const lives = (): boolean => this.upstream === stream && source.streams.has(stream) && !source.ended;
    const arrive = (): void => {
      if (!lives()) return;
      if (source.frozen) return time.after(100, arrive);
      stream.flushed = Math.max(stream.flushed ?? 0, place);
      source.release();
    };
    network.send(this.node, source.node, Infinity, arrive, lives);
  }

  // --- as a primary ---

  promote(): void {
    const { data } = this;
    data.newest += 1;
    data.history = [...data.history, { timeline: data.newest, begin: data.log.length }];
    this.mode = "primary";
    if (this.upstream) this.disconnect(this.upstream);
    this.reign = ++reigns;
    this.append(null);
    this.replayed = data.log.length;
  }

  /** Writes a record to the disk and sends it. */
  append(id: string | null): void {
    this.data.log.push({ id, timeline: timelineOf(this.data) });
    for (const stream of this.streams) this.send(stream);
  }

  /** A client's commit. */
  commit(id: string): void {
    const { time } = this.around;
    const flush = (): void => {
      if (this.ended || this.mode !== "primary") return;
      if (this.frozen || this.disk.hangs) return time.after(100, flush);
      if (this.disk.full) return;
      this.append(id);
      this.waiting.push({ id, place: this.data.log.length });
      this.release();
    };
    time.after(time.between(0.5, 4), flush);
  }

  /** Acknowledges the commits that enough standbys have confirmed. */
  release(): void {
    if (this.waiting.length === 0 || this.ended || this.frozen || this.mode !== "primary") return;
    const { count, names } = parse(this.conf.synchronousStandbyNames);
    const confirmed = new Map<string, number>();
    for (const { sink, flushed } of this.streams) {
      if (flushed !== null && names.includes(sink.node))
        confirmed.set(sink.node, Math.max(flushed, confirmed.get(sink.node) ?? 0));
    }
    const places = [...confirmed.values()].sort((a, b) => b - a);
    const reached = !this.waits || count === 0 ? Infinity : (places[count - 1] ?? -1);
    const done = this.waiting.filter(({ place }) => place <= reached);
    if (done.length === 0) return;
    this.waiting = this.waiting.filter(({ place }) => place > reached);
    for (const { id } of done) this.around.acknowledged(this, id);
  }

  /** Whether every standby that is connected has all of the log. */
  get drained(): boolean {
    return [...this.streams].every(({ flushed }) => flushed === this.data.log.length);
  }

  /** One of its processes was killed: it ends all sessions, recovers, and is again what it was. */
  crash(): void {
    const was = this.mode;
    const { time } = this.around;
    if (was !== "standby" && was !== "primary") return;
    this.mode = "starting";
    this.hangUp();
    time.after(time.between(200, 2_000), () => {
      if (this.ended || this.mode !== "starting") return;
      if (was === "standby") this.opens();
      else this.mode = "primary";
    });
  }

  end(): void {
    this.ended = true;
    this.hangUp();
  }

  vanish(): void {
    this.ended = this.vanished = true;
    this.waiting = [];
  }

  private hangUp(): void {
    const { network } = this.around;
    this.waiting = [];
    if (this.upstream) this.disconnect(this.upstream);
    for (const stream of this.streams) {
      if (network.passes(this.node, stream.sink.node) && stream.sink.upstream === stream) stream.sink.upstream = null;
    }
    this.streams.clear();
  }
}

/** As PostgreSQL reads synchronous_standby_names; only the form that the agent writes. */
function parse(text: string): { count: number; names: string[] } {
  if (text === "") return { count: 0, names: [] };
  const [, count, list] = /^ANY (\d+) \((.*)\)$/.exec(text)!;
  return { count: Number(count), names: list!.split(", ").map((name) => name.slice(1, -1)) };
}
