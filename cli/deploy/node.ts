import { readFileSync } from "node:fs";
import * as path from "node:path";
import { PassThrough } from "node:stream";
import { lastLines, reasonOf, UserError } from "../errors";
import { commandLine } from "../shell";
import { SshConnection, type Ran, type RunOptions, type SshTarget } from "../ssh";
import type { Application } from "./application";
import { heartbeat, takenBy, type Claim, type Hold } from "./lock";
import { readState, type NodeState } from "./state";
import type { Upload } from "./upload";

type Script = "state" | "lock" | "prepare" | "install" | "migrate" | "switch" | "prune";
type Report = (line: string) => void;

const minutes = (count: number): number => count * 60_000;
const hours = (count: number): number => minutes(60 * count);

/** What a switch is for, and by whom; it is noted in the node's history. */
export interface Errand {
  by: string;
  how: "deploy" | "rollback";
}

/** One node during a deploy. Every method throws a UserError that names the node. */
export class DeployNode {
  private constructor(
    private readonly target: SshTarget,
    private readonly connection: SshConnection,
    /** As it was when it was asked last. */
    public state: NodeState,
  ) {}

  static async open(target: SshTarget): Promise<DeployNode> {
    const connection = await SshConnection.open(target);
    try {
      const state = await stateOf(target.name, connection);
      if (state.workers.length > 0) return new DeployNode(target, connection, state);
      throw new UserError(`${target.name} has no workers in /etc/trivet/node.json; run "pulumi up" to the end.`);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  get name(): string {
    return this.target.name;
  }

  close(): void {
    this.connection.close();
  }

  /** Asks it anew. */
  async look(): Promise<NodeState> {
    this.state = await stateOf(this.name, this.connection);
    return this.state;
  }

  /** Whether it needs nothing more to serve this release. */
  serves(release: string): boolean {
    const { current, healthy, ready } = this.state;
    return current === release && healthy && ready.includes(release);
  }

  /** Holds it for one deploy, as long as that lives. @throws UserError that says who holds it already */
  async hold(claim: Claim): Promise<Hold> {
    const input = new PassThrough();
    let lost: Error | undefined;
    let ended = false;
    let said = "";
    let told = (): void => undefined;
    const answer = new Promise<void>((resolve) => (told = resolve));
    const onOutput = (text: string) => {
      said += text;
      if (said.startsWith("held\n")) told();
    };
    const words = [JSON.stringify(claim), String(heartbeat.patienceSeconds)];
    const over = this.run("lock", words, { input, timeout: hours(24), onOutput }).then(
      ({ code }) => {
        if (code === 75) lost = takenBy(this.name, said);
        else if (!ended) lost = new UserError(`${this.name} let go of this ${claim.what} (${lastLines(said, 1)}).`);
        told();
      },
      (error: Error) => {
        lost = error;
        told();
      },
    );
    await answer;
    if (lost) throw lost;
    return {
      beat: () => void (ended || input.write("\n")),
      whyLost: () => lost,
      end: async () => {
        ended = true;
        input.end();
        await over;
      },
    };
  }

  async receive(release: string, upload: Upload): Promise<void> {
    await this.do("prepare", [release], "could not make a folder for the release");
    await upload.to(this.target, `/srv/app/releases/.${release}.part`, this.state.current);
  }

  async install(release: string, { siteFolders }: Application): Promise<void> {
    const folders = Object.entries(siteFolders).map(([site, folder]) => `${site}=${folder}`);
    await this.do("install", [release, ...folders], "could not install the packages, so nothing was switched");
  }

  async migrate(release: string, command: string, by: string, report: Report): Promise<void> {
    const unknown =
      `it is not known whether the migration ("${command}") came to its end; nothing was switched. ` +
      `Deploy again: it waits for a migration that still runs, and one that is recorded is not run twice`;
    const words = [onNode("migrate-once"), release, command, this.name, by];
    let ran: Ran;
    try {
      ran = await this.run("migrate", words, { timeout: hours(4), onOutput: lineTo(report) });
    } catch (error) {
      throw new UserError(`${this.name}: ${unknown} (${reasonOf(error)}).`);
    }
    if (ran.code === 11) throw failed(this.name, `lost the database: ${unknown}`, ran);
    if (ran.code !== 0) throw failed(this.name, `could not migrate ("${command}"), so the old release runs on`, ran);
  }

  /** Resolves to what should be said of it, such as a worker that had to be killed. */
  async switchTo(release: string, { by, how }: Errand, report: Report): Promise<string[]> {
    const options = { timeout: minutes(20), onOutput: lineTo(report) };
    const ran = await this.run("switch", [release, by, how], options);
    const { current } = this.state;
    if (ran.code === 0) return notes(this.name, ran);
    const aftermath: Record<number, string> = {
      10: `it runs ${current} again`,
      11: `${current} was put back, but does not get healthy either`,
      12: "there was no other release to put back",
    };
    const known = aftermath[ran.code] ?? `the switch ended with exit code ${ran.code}`;
    throw failed(this.name, `did not get healthy with release ${release}; ${known}`, { ...ran, stdout: "" });
  }

  async prune(keep: readonly string[]): Promise<void> {
    await this.do("prune", [...keep], "could not remove old releases");
  }

  private async do(script: Script, words: string[], what: string): Promise<void> {
    const ran = await this.run(script, words);
    if (ran.code !== 0) throw failed(this.name, what, ran);
  }

  private run(script: Script, words: string[], options: RunOptions = {}): Promise<Ran> {
    return run(this.connection, script, words, options);
  }
}

async function stateOf(name: string, connection: SshConnection): Promise<NodeState> {
  const ran = await run(connection, "state", []);
  if (ran.code !== 0) throw failed(name, "does not tell what it runs", ran);
  return readState(ran.stdout);
}

const onNode = (script: string): string => readFileSync(path.join(__dirname, "on-node", `${script}.sh`), "utf8");

function run(connection: SshConnection, script: Script, words: string[], options: RunOptions = {}): Promise<Ran> {
  const command = commandLine("bash", "-c", onNode(script), script, ...words);
  return connection.run(command, { timeout: minutes(15), ...options });
}

/** The last line of what comes is what is worth showing. */
const lineTo = (report: Report) => (text: string) => {
  const line = lastLines(text, 1).trim();
  if (line !== "") report(line);
};

const notes = (name: string, { stderr }: Ran): string[] =>
  stderr.split("\n").flatMap((line) => (line.trim() === "" ? [] : [`${name}: ${line.trim()}`]));

function failed(name: string, what: string, ran: Ran): UserError {
  return new UserError(
    `${name} ${what}; its last lines are below.`,
    lastLines(`${ran.stdout}\n${ran.stderr}`.trim(), 30),
  );
}
