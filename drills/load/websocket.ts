import type { IncomingMessage } from "node:http";
import WebSocket from "ws";
import { Failure, failureOf, originIn, reaching, type Origin } from "./exchange";
import type { LoadSpec } from "./spec";

/** Codes with which a server says goodbye: done, going away, service restart. */
const orderly = [1000, 1001, 1012];

/** The server closed the websocket in an orderly way. */
export class Goodbye extends Failure {}

/** What is done with what comes unasked. */
export interface Listening {
  /** It is given up when nothing at all comes for so long. */
  quietSeconds: number;
  received: (origin: Origin) => void;
}

/** One websocket, from its handshake to its end. */
export class Live {
  /** Why it ended: Goodbye, or Failure for any other end than ours. */
  readonly closed: Promise<Failure>;
  private readonly waiting = new Map<string, { answered: (origin: Origin) => void; lost: (why: Failure) => void }>();

  private constructor(
    private readonly socket: WebSocket,
    private readonly timeoutSeconds: number,
    { quietSeconds, received }: Listening,
  ) {
    let fault: Failure | undefined;
    const quiet = setTimeout(() => {
      fault = new Failure(`no message within ${quietSeconds} s`);
      socket.terminate();
    }, quietSeconds * 1000);
    socket.on("message", (data: Buffer) => {
      quiet.refresh();
      const text = data.toString();
      const asked = [...this.waiting].filter(([id]) => text.includes(id));
      for (const [, { answered }] of asked) answered(originIn(text));
      if (asked.length === 0) received(originIn(text));
    });
    socket.on("error", (error) => (fault ??= failureOf(error)));
    this.closed = new Promise((resolve) => {
      socket.on("close", (code) => {
        clearTimeout(quiet);
        const why = fault && `${fault.message}, `;
        resolve(
          !fault && orderly.includes(code)
            ? new Goodbye(`closed with ${code}`)
            : new Failure(`${why ?? ""}closed with ${code}`),
        );
      });
    });
    void this.closed.then((why) => {
      for (const { lost } of this.waiting.values()) lost(why);
    });
  }

  /** Opens a websocket. @throws Failure */
  static open(spec: LoadSpec, path: string, over: AbortSignal, listening: Listening): Promise<Live> {
    return new Promise((resolve, reject) => {
      const url = new URL(path, spec.url.replace(/^http/, "ws"));
      const socket = new WebSocket(url, {
        ...reaching(spec),
        handshakeTimeout: spec.timeoutSeconds * 1000,
        perMessageDeflate: false,
      });
      const leave = () => socket.terminate();
      over.addEventListener("abort", leave, { once: true });
      socket.once("close", () => over.removeEventListener("abort", leave));
      socket.once("unexpected-response", (_request, { statusCode }: IncomingMessage) => {
        reject(new Failure(`status ${statusCode}`));
        socket.terminate();
      });
      socket.once("error", (error) => reject(failureOf(error)));
      socket.once("open", () => resolve(new Live(socket, spec.timeoutSeconds, listening)));
    });
  }

  /** Sends a message with the id in it and waits for one that has it too. @throws Goodbye, Failure */
  async ask(id: string): Promise<Origin> {
    const seconds = this.timeoutSeconds;
    let late: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Origin>((answered, lost) => {
        this.waiting.set(id, { answered, lost });
        late = setTimeout(() => lost(new Failure(`no message within ${seconds} s`)), seconds * 1000);
        this.socket.send(JSON.stringify({ id }), (error) => {
          // A socket that is closing says why in a moment.
          if (error && this.socket.readyState === WebSocket.OPEN) lost(failureOf(error));
        });
      });
    } finally {
      clearTimeout(late);
      this.waiting.delete(id);
    }
  }

  /** Says goodbye; whoever does not answer is cut off after 30 s. */
  close(): void {
    this.socket.close(1000);
  }
}
