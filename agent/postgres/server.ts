import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { within, type Clock } from "../clock";
import { data, unit } from "./paths";

/** How long a command that kills may take, in milliseconds. */
const killPatience = 2_000;

/** PostgreSQL's processes, under systemd. */
export class Server {
  /** A kill that has not ended. */
  private killing: Promise<void> | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly systemctl: (...words: string[]) => Promise<void> = asRoot,
    private readonly pidFile = `${data}/postmaster.pid`,
  ) {}

  /** Whether a postmaster runs. */
  async runs(): Promise<boolean> {
    return (await this.postmaster()) !== null;
  }

  /** Has it take up its settings, even while it is starting. Without one, the next start does. */
  async reload(): Promise<void> {
    const pid = await this.postmaster();
    if (pid !== null) signal(pid, "SIGHUP");
  }

  /**
   * Resolves when it runs. Whether it takes sessions is for the next looks: it may be waiting for log that only another
   * decision brings. @throws Error when it does not run
   */
  async start(): Promise<void> {
    await this.systemctl("start", "--no-block");
    let failed = 0;
    const runs = await within(this.clock, 10_000, 100, async () => {
      if (await this.runs()) return true;
      // Once may be what it was before.
      failed = (await hasFailed()) ? failed + 1 : 0;
      return failed > 1 ? false : undefined;
    });
    if (!runs) throw new Error(`PostgreSQL does not start; journalctl -u ${unit} says why.`);
  }

  /** Resolves when it has ended, or when even a kill does not end it: what hangs in the disk cannot be ended. */
  async stop(how: "fast" | "immediate"): Promise<void> {
    const pid = await this.postmaster();
    if (pid !== null) signal(pid, how === "fast" ? "SIGINT" : "SIGQUIT");
    if (await this.ends(how === "fast" ? 10_000 : 2_000)) return;
    // It may hang in the disk as well, and only root may end it then; clients wait for the end of this. One is enough.
    this.killing ??= this.systemctl("kill", "--signal=KILL")
      .catch(() => undefined)
      .finally(() => (this.killing = null));
    await Promise.race([this.killing, this.clock.sleep(killPatience)]);
    await this.ends(2_000);
  }

  private async ends(milliseconds: number): Promise<boolean> {
    return (await within(this.clock, milliseconds, 20, async () => ((await this.runs()) ? undefined : true))) ?? false;
  }

  private async postmaster(): Promise<number | null> {
    const text = await readFile(this.pidFile, "utf8").catch(() => "");
    const pid = Number.parseInt(text, 10);
    if (!(pid > 0)) return null;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return command.includes("postgres") ? pid : null;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended.
  }
}

async function hasFailed(): Promise<boolean> {
  const { stdout } = await execa("/usr/bin/systemctl", ["is-failed", unit], { reject: false });
  return stdout.trim() === "failed";
}

async function asRoot(...words: string[]): Promise<void> {
  await execa("sudo", ["-n", "/usr/bin/systemctl", ...words, unit]);
}
