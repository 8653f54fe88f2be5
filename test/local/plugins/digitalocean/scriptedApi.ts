import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Api } from "../../../../local/plugins/digitalocean/api";

export const token = "dop_v1_test";

/** What one call is answered with: a status and a body, or a body that goes with 200. */
type Answer = Record<string, unknown> | [status: number, body?: object];

/** An API that answers from a script, call by call, and writes down what it was asked. */
export class ScriptedApi {
  /** `METHOD path`, and the body where there was one. */
  readonly calls: [string, unknown?][] = [];
  private readonly server: Server;
  private script: Answer[] = [];

  constructor() {
    this.server = createServer((request, response) => {
      void (async () => {
        let body = "";
        for await (const chunk of request) body += String(chunk);
        const call = `${request.method} ${request.url}`;
        this.calls.push(body ? [call, JSON.parse(body) as unknown] : [call]);
        const authorized = request.headers.authorization === `Bearer ${token}`;
        const next: Answer = authorized
          ? (this.script.shift() ?? [500, { message: `nothing scripted for ${call}` }])
          : [401, { id: "Unauthorized", message: "Unable to authenticate you" }];
        const [status, answer]: [number, object?] = Array.isArray(next) ? next : [200, next];
        response.writeHead(status, { "content-type": "application/json" });
        response.end(answer && JSON.stringify(answer));
      })();
    });
  }

  async start(): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Forgets what was, and answers the next calls with these. */
  answers(...script: Answer[]): void {
    this.calls.length = 0;
    this.script = script;
  }

  client(settings: { token?: string; retries?: number } = {}): Api {
    const { port } = this.server.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${port}`;
    return new Api({ endpoint, token, retries: 0, waitMin: 0.01, waitMax: 0.02, ...settings });
  }
}
