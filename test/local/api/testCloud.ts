import * as fs from "node:fs";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import type { Server } from "node:http";
import { Books } from "../../../local/api/books";
import { apiServer } from "../../../local/api/server";
import { Upkeep } from "../../../local/api/upkeep";
import { RecordingFabric } from "./recordingFabric";

export const token = "dop_v1_test";

export interface Answer {
  status: number;
  headers: Headers;
  // Tests look into bodies of every form.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** An API over books in a temporary directory and a fabric in memory, on a free port. */
export class TestCloud {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "trivet-api-"));
  fabric = new RecordingFabric();
  readonly log: string[] = [];
  books!: Books;
  upkeep!: Upkeep;
  private server!: Server;

  /** `fabric` is given to see what a restarted API says to machines that went on running. */
  async start(fabric = this.fabric): Promise<this> {
    this.fabric = fabric;
    this.books = Books.open(this.directory);
    const log = (kind: string, text: string) => void this.log.push(`${kind} ${text}`);
    this.upkeep = new Upkeep(this.books, this.fabric, log, { poll: 5, bootLimit: 300 });
    await this.upkeep.start();
    const app = apiServer({ books: this.books, upkeep: this.upkeep }, token, log);
    this.server = await new Promise((resolve) => {
      const server = app.listen(0, "127.0.0.1", () => resolve(server));
    });
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends the process's part only: the books and the fabric stay for the next start. */
  async stop(): Promise<void> {
    await this.upkeep.stop();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async remove(): Promise<void> {
    await this.stop();
    fs.rmSync(this.directory, { recursive: true });
  }

  async call(method: string, resource: string, body?: unknown, bearer = token): Promise<Answer> {
    const response = await fetch(`${this.url}/v2/${resource}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text ? (JSON.parse(text) as unknown) : undefined,
    };
  }

  get = (resource: string) => this.call("GET", resource);
  post = (resource: string, body: unknown) => this.call("POST", resource, body);
  put = (resource: string, body: unknown) => this.call("PUT", resource, body);
  patch = (resource: string, body: unknown) => this.call("PATCH", resource, body);
  delete = (resource: string, body?: unknown) => this.call("DELETE", resource, body);

  /** A VPC's id. */
  async vpc(range = "10.10.0.0/24", name = "private"): Promise<string> {
    const { body } = await this.post("vpcs", { name, region: "fra1", ip_range: range });
    return (body as { vpc: { id: string } }).vpc.id;
  }

  /** A droplet's id, once its machine is up. */
  async droplet(vpcId: string, more: Record<string, unknown> = {}): Promise<number> {
    const { status, body } = await this.post("droplets", { ...dropletBody, vpc_uuid: vpcId, ...more });
    if (status !== 202) throw new Error(JSON.stringify(body));
    await this.upkeep.idle();
    return (body as { droplet: { id: number } }).droplet.id;
  }
}

export const dropletBody = { name: "anna", region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64" };

/** What must be refused, and with which words. */
export interface Refusal {
  what: string;
  body: unknown;
  message: string;
}
