import { Client, type ClientChannel, type ServerHostKeyAlgorithm } from "ssh2";
import type { Readable } from "node:stream";
import { reasonOf, UserError } from "./errors";
import { hostKeyAlgorithms, hostKeys } from "./knownHosts";

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
  private constructor(
    private readonly client: Client,
    private readonly target: SshTarget,
  ) {}

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
  async run(command: string, { input, timeout = defaultRunTimeout }: RunOptions = {}): Promise<Ran> {
    let timer: NodeJS.Timeout | undefined;
    let lost: (() => void) | undefined;
    try {
      return await new Promise<Ran>((resolve, reject) => {
        lost = () => reject(new Error("connection lost"));
        this.client.once("close", lost);
        timer = setTimeout(() => reject(new Error(`no end after ${timeout / 1000} s`)), timeout);
        this.client.exec(command, (error, channel) => {
          if (error) reject(error);
          else collect(channel, input, resolve, reject);
        });
      });
    } catch (error) {
      throw unreachable(this.target, error);
    } finally {
      clearTimeout(timer);
      if (lost) this.client.off("close", lost);
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
