import { Client } from "pg";

/** PostgreSQL says no to a session while it starts, stops or recovers. */
const notNow = new Set(["57P03", "57P01", "57P02", "53300"]);

export type Refusal = "nobody" | "not now" | "silence";

/** A session of this node's own PostgreSQL, through its socket; opened when it is needed, and again after it was lost. */
export class Session {
  private client: Client | null = null;

  constructor(
    private readonly socketFolder: string,
    /** In milliseconds. */
    private readonly patience: number,
  ) {}

  /** @throws Error whose `refusal` tells why there is no answer, if it is not the query's fault */
  async rows<Row>(text: string, values: unknown[] = [], patience = this.patience): Promise<Row[]> {
    const client = await this.open();
    try {
      const query = { text, values, query_timeout: patience };
      return (await client.query(query)).rows as Row[];
    } catch (error) {
      if (isFatal(error)) {
        this.drop(client);
        throw refused(error);
      }
      throw error;
    }
  }

  close(): void {
    if (this.client) this.drop(this.client);
  }

  private async open(): Promise<Client> {
    if (this.client) return this.client;
    const client = newClient(this.socketFolder, this.patience);
    client.on("error", () => this.drop(client));
    client.on("end", () => this.drop(client));
    try {
      await client.connect();
    } catch (error) {
      this.drop(client);
      throw refused(error);
    }
    this.client = client;
    return client;
  }

  private drop(client: Client): void {
    if (this.client === client) this.client = null;
    // A server that is stopped never answers the goodbye.
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

/** One query in a session of its own: that alone shows that new sessions are taken. */
export async function once(socketFolder: string, text: string, patience: number): Promise<void> {
  const session = new Session(socketFolder, patience);
  try {
    await session.rows(text);
  } finally {
    session.close();
  }
}

function newClient(host: string, patience: number): Client {
  return new Client({
    host,
    user: "postgres",
    database: "postgres",
    connectionTimeoutMillis: patience,
    query_timeout: patience,
    application_name: "trivet-agent",
    // It must neither wait for standbys nor for a lock that a client forgot.
    options: "-c synchronous_commit=local -c lock_timeout=1000 -c search_path=pg_catalog",
  });
}

export class Refused extends Error {
  constructor(
    message: string,
    readonly refusal: Refusal,
  ) {
    super(message);
  }
}

function refused(error: unknown): Refused {
  const { code, message } = error as { code?: string; message: string };
  if (code === "ENOENT" || code === "ECONNREFUSED") return new Refused(message, "nobody");
  if (code !== undefined && notNow.has(code)) return new Refused(message, "not now");
  if (/timeout/i.test(message)) return new Refused(message, "silence");
  return new Refused(message, "not now");
}

/** Whether an error means that the session is of no more use; an error of the query itself has a code of five letters and a severity. */
function isFatal(error: unknown): boolean {
  const { severity } = error as { severity?: string };
  return severity !== "ERROR";
}
