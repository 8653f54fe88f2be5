import { Client } from "pg";
import type { StoreAccess } from "../settings";

/** The way that the application's queries go: this node's pooler, and through it the primary. */
export class DatabaseWay {
  private client: Client | null = null;

  constructor(
    private readonly access: StoreAccess["database"],
    /** In milliseconds. */
    private readonly patience: number,
    private readonly pooler: { host: string; port: number } = { host: "127.0.0.1", port: 6432 },
  ) {}

  /** Whether a query is answered by a primary in time. Never rejects. */
  async isOpen(): Promise<boolean> {
    const until = performance.now() + this.patience;
    const client = this.client ?? this.newClient();
    try {
      if (client !== this.client) await client.connect();
      this.client = client;
      const query = { text: "SELECT NOT pg_is_in_recovery() AS primary", query_timeout: until - performance.now() };
      const { rows } = await client.query<{ primary: boolean }>(query);
      return rows[0]?.primary === true;
    } catch {
      this.drop(client);
      return false;
    }
  }

  close(): void {
    if (this.client) this.drop(this.client);
  }

  private newClient(): Client {
    const client = new Client({
      ...{ ...this.pooler, ...this.access, database: "app", application_name: "trivet-agent" },
      connectionTimeoutMillis: this.patience,
    });
    client.on("error", () => this.drop(client));
    client.on("end", () => this.drop(client));
    return client;
  }

  private drop(client: Client): void {
    if (this.client === client) this.client = null;
    // A pooler that is stopped never answers the goodbye.
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}
