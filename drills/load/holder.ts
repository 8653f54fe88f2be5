import { setTimeout as sleep } from "node:timers/promises";
import type { Clients } from "./clients";
import { Failure, type Origin } from "./exchange";
import { Goodbye, Live } from "./websocket";

/** How long a client has after an orderly close to be connected again, in ms. */
const reconnectMs = 5_000;
/** Clients whose websockets were closed in one moment do not all come back in the next, in ms. */
const spreadMs = 1_000;
const heldOpen = "websocket held open";

/** Keeps one websocket open, opens the next one when it ends, and counts how that goes. */
export class Holder {
  private live?: Live;
  private readonly leaving = new AbortController();
  private readonly waiting = new Set<(live: Live) => void>();

  constructor(private readonly clients: Clients<"ws">) {}

  /** The websocket that is open, or the next one that will be. @throws Failure when there is none before the load is over */
  async open(except?: Live): Promise<Live> {
    if (this.live && this.live !== except) return this.live;
    const { over } = this.clients.course;
    return new Promise((resolve, reject) => {
      const none = () => reject(new Failure("no websocket before the end"));
      if (over.aborted) none();
      over.addEventListener("abort", none, { once: true });
      this.waiting.add((live) => {
        over.removeEventListener("abort", none);
        resolve(live);
      });
    });
  }

  /** Resolves some time after `close`. */
  async hold(): Promise<void> {
    const { course, tally } = this.clients;
    let left: number | undefined;
    while (!this.done) {
      await this.pause(Math.random() * spreadMs);
      const live = await this.connect();
      if (live && left !== undefined) this.back(performance.now() - left);
      const end = live && (await this.until(live));
      if (end && !(end instanceof Goodbye) && !course.over.aborted) tally.failed("ws", heldOpen, end);
      left = end instanceof Goodbye ? performance.now() : undefined;
    }
  }

  /** Says goodbye to the server. */
  close(): void {
    this.leaving.abort();
  }

  private get done(): boolean {
    return this.leaving.signal.aborted || this.clients.course.over.aborted;
  }

  private async connect(): Promise<Live | undefined> {
    const { spec, course, tally, settings } = this.clients;
    if (this.done) return undefined;
    const received = (origin: Origin) => tally.good("ws", "message received", origin);
    let live: Live | undefined;
    await tally.count("ws", `handshake at ${settings.path}`, async () => {
      live = await Live.open(spec, settings.path, course.over, { quietSeconds: settings.quietSeconds, received });
      return {};
    });
    return live;
  }

  /** @param ms since the orderly close */
  private back(ms: number): void {
    const { tally } = this.clients;
    if (ms <= reconnectMs) tally.note("ws", "reconnected");
    else tally.failed("ws", heldOpen, new Failure(`connected again later than after ${reconnectMs / 1000} s`));
  }

  /** Resolves to how the websocket ended, or to nothing when it was we who ended it. */
  private async until(live: Live): Promise<Failure | undefined> {
    this.live = live;
    for (const given of this.waiting) given(live);
    this.waiting.clear();
    const leave = () => live.close();
    if (this.done) leave();
    this.leaving.signal.addEventListener("abort", leave, { once: true });
    const end = await live.closed;
    this.leaving.signal.removeEventListener("abort", leave);
    this.live = undefined;
    return this.done ? undefined : end;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.leaving.signal }).catch(() => undefined);
  }
}
