import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Server, utils, type Connection, type ServerChannel } from "ssh2";
import type { SshTarget } from "../../../cli/ssh";
import { sshKeys } from "../../support/sshKeys";

export interface TestServer {
  /** A target that this server accepts. */
  target: SshTarget;
  /** Ends every connection without a word to the client's commands. */
  drop(): void;
  close(): void;
}

/** An SSH server on loopback that runs what it is told by `shell`, followed by the command. */
export async function serveSsh(name = "ash", shell: readonly string[] = ["bash", "-c"]): Promise<TestServer> {
  const host = sshKeys();
  const user = sshKeys();
  const accepted = utils.parseKey(user.public);
  if (accepted instanceof Error) throw accepted;

  const connections = new Set<Connection>();
  const server = new Server({ hostKeys: [host.private] }, (connection) => {
    connections.add(connection);
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      const known = context.method === "publickey" && context.key.data.equals(accepted.getPublicSSH());
      if (known && context.username === "root") context.accept();
      else context.reject(["publickey"]);
    });
    connection.on("session", (acceptSession) => {
      acceptSession().on("exec", (acceptExec, _reject, info) => execute([...shell, info.command], acceptExec()));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const drop = () => connections.forEach((connection) => connection.end());
  return {
    target: {
      name,
      host: "127.0.0.1",
      port,
      user: "root",
      privateKey: user.private,
      knownHosts: `[127.0.0.1]:${port} ${host.public.split(" ").slice(0, 2).join(" ")}\n`,
    },
    drop,
    close: () => {
      drop();
      server.close();
    },
  };
}

function execute([program = "", ...words]: string[], channel: ServerChannel): void {
  const child = spawn(program, words);
  channel.pipe(child.stdin);
  child.stdin.on("error", () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  // Whoever asked for it reads no more.
  channel.on("close", () => child.kill());
  child.on("close", (code) => {
    channel.exit(code ?? 1);
    channel.end();
  });
}

/** The error that a promise rejects with. */
export async function faultOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
