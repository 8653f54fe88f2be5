import * as http2 from "node:http2";
import { accepted, Failure, failureOf, reaching, type Answer, type Origin, type Request } from "./exchange";
import type { LoadSpec } from "./spec";

const { NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = http2.constants;

/** The server said that it has not begun the request, so that sending it again does it once (RFC 9113, 8.7). */
class Unprocessed extends Failure {}

/** A session that is in use, and the last stream that the server said it would answer. */
interface Current {
  session: http2.ClientHttp2Session;
  lastStream: number;
}

/** One HTTP/2 session at a time: a new one when the server says goodbye to the old one, which ends what it has begun. */
export class Session {
  private current?: Current;
  private inFlight = 0;
  private readonly sessions = new Set<http2.ClientHttp2Session>();

  /**
   * @param over gives up what is in flight
   * @param stale is told when the server closes a session that is idle
   */
  constructor(
    private readonly spec: LoadSpec,
    private readonly over: AbortSignal,
    private readonly stale: () => void = () => undefined,
  ) {}

  /** Sends a request and resolves to who answered it well. @throws Unprocessed, or Failure for anything else */
  async send(request: Request): Promise<Origin> {
    const used = this.use();
    this.inFlight++;
    try {
      return accepted(await this.exchange(request, used));
    } catch (error) {
      // A server that refuses a stream is not asked again on the same session.
      if (error instanceof Unprocessed && this.current === used) this.leave(used);
      throw failureOf(error);
    } finally {
      this.inFlight--;
    }
  }

  /**
   * The same, and what the server has not begun is sent again, once, as browsers do.
   * @param again is told when it is
   */
  async deliver(request: Request, again: () => void = () => undefined): Promise<Origin> {
    try {
      return await this.send(request);
    } catch (error) {
      if (!(error instanceof Unprocessed)) throw error;
      again();
      return this.send(request);
    }
  }

  /** Ends all sessions at once. */
  close(): void {
    this.current = undefined;
    for (const session of this.sessions) session.destroy();
  }

  private leave({ session }: Current): void {
    session.close();
    this.current = undefined;
  }

  private use(): Current {
    if (this.current && !this.current.session.closed && !this.current.session.destroyed) return this.current;
    const session = http2.connect(this.spec.url, reaching(this.spec));
    const current: Current = { session, lastStream: Infinity };
    this.current = current;
    this.sessions.add(session);
    session.on("goaway", (_code, lastStream: number) => {
      current.lastStream = lastStream;
      if (this.current === current) this.idle();
    });
    // Every stream in flight hears of it too; an idle session has nothing to lose.
    session.on("error", () => undefined);
    session.on("close", () => {
      this.sessions.delete(session);
      if (this.current === current) this.idle();
    });
    return current;
  }

  /** The current session is none any more. */
  private idle(): void {
    if (this.inFlight === 0 && !this.over.aborted) this.stale();
    this.current = undefined;
  }

  private exchange(request: Request, current: Current): Promise<Answer> {
    const { timeoutSeconds } = this.spec;
    return new Promise((resolve, reject) => {
      const stream = current.session.request(
        { ":method": request.method, ":path": request.path, ...request.headers },
        { endStream: !request.body, signal: this.over },
      );
      const parts: Buffer[] = [];
      let answered: http2.IncomingHttpHeaders | undefined;
      let whole = false;
      let fault: Error | undefined;
      const late = setTimeout(
        () => stream.destroy(new Failure(`no answer within ${timeoutSeconds} s`)),
        timeoutSeconds * 1000,
      );
      stream.on("response", (headers) => (answered = headers));
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => (whole = true));
      stream.on("error", (error: Error) => (fault = error));
      stream.on("close", () => {
        clearTimeout(late);
        if (answered && whole && !fault && stream.rstCode === NGHTTP2_NO_ERROR)
          resolve({ status: Number(answered[":status"]), headers: answered, body: Buffer.concat(parts) });
        else if (!answered && unprocessed(stream, current)) reject(new Unprocessed("not begun by the server"));
        else reject(brokenOff(fault, stream.rstCode, answered !== undefined));
      });
      if (request.body) stream.end(request.body);
    });
  }
}

const unprocessed = ({ id, rstCode }: http2.ClientHttp2Stream, { lastStream }: Current) =>
  rstCode === NGHTTP2_REFUSED_STREAM || (id !== undefined && id > lastStream);

function brokenOff(fault: Error | undefined, rstCode: number, answered: boolean): Failure {
  if (fault instanceof Failure) return fault;
  const why = fault ? failureOf(fault).message : "closed";
  const stream = rstCode === NGHTTP2_NO_ERROR ? why : `${why}, stream error ${rstCode}`;
  return new Failure(answered ? `truncated body (${stream})` : `no answer (${stream})`);
}
