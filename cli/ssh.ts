import { Client, type ClientChannel, type ServerHostKeyAlgorithm } from "ssh2";
import type { Readable } from "node:stream";
import { lastLines, reasonOf, UserError } from "./errors";
import { hostKeyAlgorithms, hostKeys } from "./knownHosts";
import { splitLines } from "./lines";

export interface SshTarget {
  /** How sentences call it. */
  name: string;
  host: string;
  /** Default 22. */
  port?: number;
  user: string;
  privateKey: string;
  /** known_hosts lines; a host that is not in them, or shows another key, is refused. */
  knownHosts: string;
}

export interface RunOptions {
  /** What the command reads; by default nothing. */
  input?: string | Readable;
  /** In milliseconds; default 10 minutes. */
  timeout?: number;
  /** Gets what the command writes, on both ways, while it runs. */
  onOutput?: (text: string) => void;
}

export interface Ran {
  /** The exit code; -1 when a signal ended the command. */
  code: number;
  stdout: string;
  stderr: string;
}

const defaultRunTimeout = 600_000;
// A host that vanishes says nothing: three unanswered questions, and it counts as gone.
const keepalive = { keepaliveInterval: 5_000, keepaliveCountMax: 3 };

/** A connection to one node, on which commands run. Faults of the connection are UserErrors that name the node. */
export class SshConnection {
  private lost = false;

  private constructor(
    private readonly client: Client,
    private readonly target: SshTarget,
  ) {
    client.once("close", () => (this.lost = true));
  }

  /** `timeout` in milliseconds, for the connection and the handshake each; default 10 seconds. */
  static async open(target: SshTarget, { timeout = 10_000 } = {}): Promise<SshConnection> {
    const keys = hostKeys(target.knownHosts, target.host, target.port);
    if (keys.length === 0) {
      throw new UserError(
        `The stack knows no host key of ${target.name} (${target.host}); run "pulumi up" to the end, which records it.`,
      );
    }
    const client = new Client();
    let keyMatched = true;
    try {
      await new Promise<void>((resolve, reject) => {
        client
          .once("ready", resolve)
          .once("error", reject)
          .once("close", () => reject(new Error("connection closed")));
        client.connect({
          host: target.host,
          port: target.port ?? 22,
          username: target.user,
          privateKey: target.privateKey,
          timeout,
          readyTimeout: timeout,
          ...keepalive,
          algorithms: { serverHostKey: hostKeyAlgorithms(keys) as ServerHostKeyAlgorithm[] },
          hostVerifier: (shown: Buffer) => {
            keyMatched = keys.some(({ key }) => key === shown.toString("base64"));
            return keyMatched;
          },
        });
      });
    } catch (error) {
      client.destroy();
      throw keyMatched ? unreachable(target, error) : strangeKey(target);
    }
    // Later faults show in the command that they cut off.
    client.on("error", () => undefined);
    return new SshConnection(client, target);
  }

  /** Resolves whatever the exit code is; throws when the connection breaks or the time is over. */
  async run(command: string, { input, timeout = defaultRunTimeout, onOutput }: RunOptions = {}): Promise<Ran> {
    let timer: NodeJS.Timeout | undefined;
    let lost: (() => void) | undefined;
    try {
      return await new Promise<Ran>((resolve, reject) => {
        lost = () => reject(new Error("connection lost"));
        this.client.once("close", lost);
        timer = setTimeout(() => reject(new Error(`no end after ${timeout / 1000} s`)), timeout);
        this.client.exec(command, (error, channel) => {
          if (error) reject(error);
          else {
            if (onOutput)
              for (const way of [channel, channel.stderr]) way.on("data", (chunk: Buffer) => onOutput(String(chunk)));
            collect(channel, input, resolve, reject);
          }
        });
      });
    } catch (error) {
      throw unreachable(this.target, error);
    } finally {
      clearTimeout(timer);
      if (lost) this.client.off("close", lost);
    }
  }

  /**
   * The lines that a command writes, while it runs. It is read no faster than they are taken; whoever stops ends it.
   * @throws UserError when the connection breaks, and with the command's last words when it ends with another code than 0
   */
  async *lines(command: string): AsyncGenerator<string> {
    const channel = await this.start(command);
    const closed = new Promise<number>((resolve) => {
      channel.once("close", (code?: number | null) => resolve(code ?? -1));
    });
    let said = "";
    channel.stderr.on("data", (chunk: Buffer) => (said = lastLines(`${said}${chunk.toString()}`, 5)));
    try {
      yield* splitLines(channel);
    } finally {
      channel.close();
    }
    const code = await closed;
    if (this.lost) throw unreachable(this.target, new Error("connection lost"));
    if (code !== 0) throw new UserError(`${this.target.name}: ${lastLines(said, 1) || `exit code ${code}`}`);
  }

  private async start(command: string): Promise<ClientChannel> {
    try {
      return await new Promise((resolve, reject) => {
        this.client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel.end())));
      });
    } catch (error) {
      throw unreachable(this.target, error);
    }
  }

  close(): void {
    this.client.end();
  }
}

function collect(
  channel: ClientChannel,
  input: string | Readable | undefined,
  resolve: (ran: Ran) => void,
  reject: (error: Error) => void,
): void {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  channel.on("data", (chunk: Buffer) => stdout.push(chunk));
  channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  channel.once("error", reject);
  channel.once("close", (code: number | null) => {
    resolve({ code: code ?? -1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
  });
  if (input === undefined || typeof input === "string") channel.end(input);
  else input.once("error", reject).pipe(channel);
}

function unreachable(target: SshTarget, error: unknown): UserError {
  const remedy = /authentication methods failed/.test(reasonOf(error))
    ? `the key of the stack's outputs is not accepted there; run "pulumi up"`
    : `check that it runs and that SSH is open from here`;
  return new UserError(`${target.name} (${target.host}) cannot be reached over SSH (${reasonOf(error)}); ${remedy}.`);
}

function strangeKey(target: SshTarget): UserError {
  return new UserError(
    `${target.name} (${target.host}) shows another host key than the stack recorded; ` +
      `if the machine was made anew, run "pulumi refresh" and "pulumi up", otherwise somebody may stand in between.`,
  );
}
