import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import { pipeline, type Readable } from "node:stream";
import { accepted, Failure, failureOf, reaching, type Answer, type Origin, type Request } from "./exchange";
import type { LoadSpec } from "./spec";

/** What a request may differ in. */
export interface Sending {
  /** Instead of the request's own body. */
  body?: Readable;
  /** Default the load's. */
  timeoutSeconds?: number;
}

/**
 * One HTTP/1.1 connection at a time, which is kept until the server closes it or says that it will. Nothing is ever sent
 * twice: a request that goes into a connection that closes has failed.
 */
export class Connection {
  private readonly agent: http.Agent;
  private readonly client: typeof http | typeof https;
  private socket?: Socket;
  /** Whether the server may close the connection and nobody wonders: something is in flight, or it was told of. */
  private expected = false;

  /**
   * @param over gives up what is in flight
   * @param stale is told when the server closes a connection that is idle
   */
  constructor(
    private readonly spec: LoadSpec,
    private readonly over: AbortSignal,
    private readonly stale: () => void = () => undefined,
  ) {
    this.client = spec.url.startsWith("https:") ? https : http;
    this.agent = new this.client.Agent({ ...reaching(spec), keepAlive: true, maxSockets: 1 });
  }

  /** Sends a request and resolves to who answered it well. @throws Failure */
  async send(request: Request, sending: Sending = {}): Promise<Origin> {
    return accepted(await this.exchange(request, sending));
  }

  /** Sends a request and resolves to its whole answer, whatever its status. @throws Failure */
  async exchange(request: Request, sending: Sending = {}): Promise<Answer> {
    this.expected = true;
    const answer = await this.answer(request, sending).catch((error: unknown) => {
      throw failureOf(error);
    });
    this.expected = /close/i.test(String(answer.headers.connection ?? ""));
    return answer;
  }

  /** Closes the connection. */
  close(): void {
    this.expected = true;
    this.agent.destroy();
  }

  private answer(request: Request, sending: Sending): Promise<Answer> {
    const { method, path, headers, body } = request;
    const { timeoutSeconds = this.spec.timeoutSeconds } = sending;
    return new Promise((resolve, reject) => {
      const sent = this.client.request(this.spec.url, { method, path, headers, agent: this.agent, signal: this.over });
      const late = setTimeout(
        () => sent.destroy(new Failure(`no answer within ${timeoutSeconds} s`)),
        timeoutSeconds * 1000,
      );
      const settled = () => clearTimeout(late);
      sent.on("socket", (socket) => this.watch(socket));
      sent.on("error", (error) => {
        settled();
        reject(error);
      });
      sent.on("response", (response) => {
        wholeOf(response)
          .then(resolve, reject)
          .finally(() => {
            settled();
            // An answer that came before the whole request was there: the rest is of no use. (Whether it was also written,
            // TLS tells a busy client only after the answer, so writableFinished would close sound connections.)
            if (!sent.writableEnded) sent.destroy();
          });
      });
      if (sending.body) pipeline(sending.body, sent, () => undefined);
      else sent.end(body);
    });
  }

  private watch(socket: Socket): void {
    if (socket === this.socket) return;
    this.socket = socket;
    socket.once("close", () => {
      if (socket === this.socket && !this.expected) this.stale();
    });
  }
}

/** @throws Failure when the connection breaks before the end of the body */
async function wholeOf(response: http.IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  const so = () => ({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
  try {
    for await (const part of response) parts.push(part as Buffer);
  } catch (error) {
    // A failure of ours, such as a timeout, is what it is.
    if (error instanceof Failure) throw error;
    throw new Failure(`truncated body (${(error as NodeJS.ErrnoException).code ?? "closed"})`);
  }
  return so();
}
