import { mkdir, rename, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { Client } from "pg";
import { within, type Clock } from "../clock";
import type { Pooler, Route } from "./pooler";

/** What pgbouncer's settings include: in memory, since a disk that hangs must not keep clients from another node's primary. */
export const routeFile = "/run/trivet/pooler.ini";
/** Where pgbouncer takes its own user's word for an administrator's. */
const socketFolder = "/run/pgbouncer";

/** How long after a move a client may go on waiting for an answer of the former primary, in milliseconds. */
const lingering = 2_000;

/** pgbouncer on this machine, steered through its console. */
export class Pgbouncer implements Pooler {
  private led: Route | null = null;
  private console: Client | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly file: string = routeFile,
  ) {}

  get route(): Route | null {
    return this.led;
  }

  lead(route: Route): Promise<void> {
    return this.inTurn(async () => {
      // Before anything else: a pooler that is not running yet starts with it.
      await this.write(route);
      if (route.to === "nobody") {
        // Its answer comes when the last transaction has ended, which may be never on a primary that is gone.
        void this.pause(1_000).catch(() => undefined);
        await this.ask("SHOW VERSION");
      } else {
        await this.ask("RELOAD");
        if (await this.isPaused()) await this.ask("RESUME app");
        void this.endStale(route.ip);
      }
      this.led = route;
    });
  }

  hold(milliseconds: number): Promise<boolean> {
    return this.inTurn(async () => {
      this.led = { to: "nobody" };
      await this.loginsEnd();
      return this.pause(milliseconds).then(
        () => true,
        // No pooler here, no clients.
        (error: NodeJS.ErrnoException) => error.code === "ENOENT" || error.code === "ECONNREFUSED",
      );
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Clients wait from now on; resolves when no transaction is under way any more. */
  private async pause(patience: number): Promise<void> {
    const client = await connect(patience);
    try {
      await client.query("PAUSE app");
    } catch (error) {
      if (!/already (paused|suspended)/.test((error as Error).message)) throw error;
    } finally {
      close(client);
    }
  }

  /** A login that a pause breaks off counts as failed, and would have statements refused for a moment after it. */
  private async loginsEnd(): Promise<void> {
    const noLogin = async () => {
      const pools = await this.ask<{ database: string; sv_login: string | number }>("SHOW POOLS");
      return pools.some(({ database, sv_login }) => database === "app" && Number(sv_login) > 0) ? undefined : true;
    };
    // A login takes some 20 ms. One that hangs is nobody's to wait for.
    await within(this.clock, 500, 5, noLogin).catch(() => undefined);
  }

  private async isPaused(): Promise<boolean> {
    const rows = await this.ask<{ name: string; paused: string | number }>("SHOW DATABASES");
    return rows.some(({ name, paused }) => name === "app" && Number(paused) === 1);
  }

  /**
   * A former primary that is silent, not dead, would keep its clients for ever: their connections end. Those that it
   * answered in time, or that were refused, are long gone by then.
   */
  private async endStale(ip: string): Promise<void> {
    await this.clock.sleep(lingering);
    try {
      if (this.led === null || !("ip" in this.led) || this.led.ip !== ip) return;
      const servers = await this.ask<{ database: string; addr: string; link: string }>("SHOW SERVERS");
      const stale = new Set(
        servers.filter(({ database, addr }) => database === "app" && addr !== ip).map(({ link }) => link),
      );
      const clients = await this.ask<{ ptr: string; id: string }>("SHOW CLIENTS");
      for (const { id } of clients.filter(({ ptr }) => stale.has(ptr))) await this.ask(`KILL_CLIENT ${id}`);
    } catch {
      // The pooler has ended, and all its connections with it.
    }
  }

  private async write(route: Route): Promise<void> {
    await mkdir(path.dirname(this.file), { recursive: true });
    await writeFile(`${this.file}.new`, routeText(route));
    await rename(`${this.file}.new`, this.file);
  }

  private async ask<Row>(command: string): Promise<Row[]> {
    if (!this.console) {
      const client = await connect(2_000);
      // A pooler that restarts has forgotten what it was told.
      client.on("end", () => {
        this.console = null;
        this.led = null;
      });
      this.console = client;
    }
    return (await this.console.query(command)).rows as Row[];
  }
}

/** A standby that is taken for the primary ends the session by itself; one that clients may read from does not. */
export function routeText(route: Route): string {
  const ip = "ip" in route ? route.ip : "127.0.0.1";
  const guard = "connect_query='SELECT pg_terminate_backend(pg_backend_pid()) WHERE pg_is_in_recovery()'";
  return `; Written by trivet-agent.\n[databases]\napp = host=${ip} port=5432 dbname=app${route.to === "reads" ? "" : ` ${guard}`}\n`;
}

async function connect(patience: number): Promise<Client> {
  const client = new Client({
    ...{ host: socketFolder, port: 6432, user: "pgbouncer", database: "pgbouncer" },
    ...{ connectionTimeoutMillis: 2_000, query_timeout: patience },
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    close(client);
    throw error;
  }
  return client;
}

function close(client: Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
