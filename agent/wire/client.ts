import * as https from "node:https";
import type { Peer } from "../settings";
import type { Call, Calls, Wire } from "./messages";
import { agentPort } from "./port";
import type { Credentials } from "./server";

/** Reaches the other nodes' agents over TLS, each side by its node's certificate. */
export class HttpsWire implements Wire {
  private readonly agent: https.Agent;

  constructor(
    private readonly nodes: Peer[],
    credentials: Credentials,
    /** How long a call may take, in milliseconds. */
    private readonly patience: number,
  ) {
    this.agent = new https.Agent({ ...credentials, keepAlive: true, maxSockets: 4, minVersion: "TLSv1.3" });
  }

  async call<C extends Call>(peer: string, call: C, body: Calls[C][0]): Promise<Calls[C][1]> {
    const { ip } = this.nodes.find(({ name }) => name === peer)!;
    const patience = call === "pause" ? 3 * this.patience : this.patience;
    const { status, text } = await this.post(ip, `/${call}`, JSON.stringify(body), patience);
    if (status !== 200) throw new Error(`${peer}: ${text || `status ${status}`}`);
    return JSON.parse(text) as Calls[C][1];
  }

  private post(host: string, path: string, body: string, patience: number): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      // From the first packet to the last byte: a peer that is stopped still completes a connection.
      const signal = AbortSignal.timeout(patience);
      const fail = (error: Error) =>
        reject(signal.aborted ? new Error(`${host} has not answered within ${patience} ms`) : error);
      const request = https.request(
        {
          ...{ host, port: agentPort, path, method: "POST", agent: this.agent },
          headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
          signal,
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
          );
          response.on("error", fail);
        },
      );
      request.on("error", fail);
      request.end(body);
    });
  }
}
