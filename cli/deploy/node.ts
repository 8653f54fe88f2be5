import { createReadStream, readFileSync } from "node:fs";
import * as path from "node:path";
import type { Readable } from "node:stream";
import { lastLines, UserError } from "../errors";
import { commandLine } from "../shell";
import { SshConnection, type Ran, type SshTarget } from "../ssh";
import { readState, type NodeReleases } from "./release";

type Script = "state" | "receive" | "install" | "migrate" | "switch" | "prune";

const minutes = (count: number): number => count * 60_000;
/** One node during a deploy. Every method throws a UserError that names the node. */
export class DeployNode {
  private constructor(
    readonly name: string,
    private readonly connection: SshConnection,
    readonly releases: NodeReleases,
    private readonly patienceSeconds: number,
  ) {}

  /** `patienceSeconds`: how long a worker may take until its health check passes; default 30. */
  static async open(target: SshTarget, { patienceSeconds = 30 } = {}): Promise<DeployNode> {
    const connection = await SshConnection.open(target);
    const ran = await run(connection, "state", []);
    if (ran.code !== 0) throw failed(target.name, "does not tell what it runs", ran);
    const releases = readState(ran.stdout);
    if (releases.workers.length === 0) {
      connection.close();
      throw new UserError(`${target.name} has no workers in /etc/trivet/node.json; run "pulumi up" to the end.`);
    }
    return new DeployNode(target.name, connection, releases, patienceSeconds);
  }

  close(): void {
    this.connection.close();
  }

  /** Whether it needs nothing more to serve this release. */
  serves(release: string): boolean {
    return this.releases.current === release && this.releases.healthy && this.releases.ready.includes(release);
  }

  async receive(release: string, archive: string): Promise<void> {
    await this.do("receive", [release], "could not unpack the release", { input: createReadStream(archive) });
  }

  async install(release: string): Promise<void> {
    await this.do("install", [release], "could not install the packages");
  }

  async migrate(release: string, command: string): Promise<void> {
    await this.do("migrate", [release, command], `could not migrate ("${command}"), so the old release runs on`, {
      timeout: minutes(60),
    });
  }

  async switchTo(release: string): Promise<void> {
    const { releases, patienceSeconds } = this;
    const { workers, current } = releases;
    const ran = await run(this.connection, "switch", [release, String(patienceSeconds), ...workers.map(String)]);
    if (ran.code === 0) return;
    const aftermath: Record<number, string> = {
      10: `it runs ${current} again`,
      11: `${current} was put back, but does not get healthy either`,
      12: "there was no other release to put back",
    };
    const known = aftermath[ran.code] ?? `the switch ended with exit code ${ran.code}`;
    throw failed(this.name, `did not get healthy with release ${release} within ${patienceSeconds} s; ${known}`, ran);
  }

  async prune(keep: number): Promise<void> {
    await this.do("prune", [String(keep)], "could not remove old releases");
  }

  private async do(
    script: Script,
    args: string[],
    what: string,
    options: { input?: Readable; timeout?: number } = {},
  ): Promise<void> {
    const ran = await run(this.connection, script, args, options);
    if (ran.code !== 0) throw failed(this.name, what, ran);
  }
}

function run(
  connection: SshConnection,
  script: Script,
  args: string[],
  options: { input?: Readable; timeout?: number } = {},
): Promise<Ran> {
  const text = readFileSync(path.join(__dirname, "on-node", `${script}.sh`), "utf8");
  return connection.run(commandLine("bash", "-c", text, script, ...args), { timeout: minutes(15), ...options });
}

function failed(name: string, what: string, ran: Ran): UserError {
  return new UserError(`${name} ${what}; its last lines are below.`, lastLines(`${ran.stdout}\n${ran.stderr}`.trim()));
}
