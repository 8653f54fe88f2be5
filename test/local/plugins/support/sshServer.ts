import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as sshpk from "sshpk";
import { Server, utils, type Connection } from "ssh2";

interface Key {
  privateKey: string;
  /** One line, as in authorized_keys. */
  publicKey: string;
}

export function sshKey(): Key {
  const { privateKey } = generateKeyPairSync("ed25519");
  const key = sshpk.parsePrivateKey(privateKey.export({ format: "pem", type: "pkcs8" }).toString(), "pem");
  return { privateKey: key.toBuffer("openssh", {}).toString(), publicKey: key.toPublic().toString("ssh") };
}

/** An SSH server on loopback that runs commands on this machine, for one user with one key. */
export class SshServer {
  readonly hostKey = sshKey();
  readonly userKey = sshKey();
  /** How many connections were made, and how many are open now. */
  made = 0;
  readonly open = new Set<Connection>();
  private readonly server: Server;

  constructor(private readonly acceptEnv: RegExp = /^LANG$/) {
    this.server = new Server({ hostKeys: [this.hostKey.privateKey] }, (client) => this.serve(client));
  }

  /** Listens on the port, or on any. */
  async start(port = 0): Promise<number> {
    this.server.listen(port, "127.0.0.1");
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const client of this.open) client.end();
    await new Promise<void>((done) => this.server.close(() => done()));
  }

  private serve(client: Connection): void {
    this.made++;
    this.open.add(client);
    client.on("close", () => this.open.delete(client));
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      if (context.method !== "publickey") return context.reject(["publickey"]);
      const allowed = utils.parseKey(this.userKey.publicKey);
      if (allowed instanceof Error || !context.key.data.equals(allowed.getPublicSSH())) return context.reject();
      if (context.signature && context.blob && !allowed.verify(context.blob, context.signature, context.hashAlgo)) {
        return context.reject();
      }
      context.accept();
    });
    client.on("session", (accept) => {
      const env: Record<string, string> = {};
      const session = accept();
      session.on("env", (answer, reject, { key, val }: { key: string; val: string }) => {
        if (!this.acceptEnv.test(key)) return reject?.();
        env[key] = val;
        answer?.();
      });
      session.on("exec", (answer, _reject, { command }) => {
        const stream = answer();
        const child = spawn("/bin/sh", ["-c", command], { env: { PATH: process.env.PATH, ...env } });
        stream.pipe(child.stdin).on("error", () => undefined);
        child.stdout.pipe(stream, { end: false });
        child.stderr.pipe(stream.stderr, { end: false });
        client.on("close", () => child.kill());
        child.on("close", (code) => {
          stream.exit(code ?? 1);
          stream.end();
        });
      });
    });
  }
}
