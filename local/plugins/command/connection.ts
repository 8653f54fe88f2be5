import { createHash } from "node:crypto";
import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import * as sshpk from "sshpk";
import pRetry from "p-retry";
import type { Unwrap } from "@pulumi/pulumi";
import type { types } from "@pulumi/command";
import type { Call } from "../frame/resource";

export type Connection = Unwrap<types.input.remote.ConnectionArgs>;
type Hop = Unwrap<types.input.remote.ProxyConnectionArgs>;

// The official plugin offers these, in this order: a server with several kinds of host keys shows the same one to both.
const hostKeyOrder = [
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-256",
  "rsa-sha2-512",
  "ssh-rsa",
  "ssh-ed25519",
] as const;

/**
 * A machine that lost its power says nothing, not even when it is back, until it is asked. The official plugin has Go's
 * default for TCP: a question after 15 s of silence, nine times. Without, a command would wait for its end for ever.
 */
const alive = { keepaliveInterval: 15_000, keepaliveCountMax: 9 };

/** Connects, through the proxy if there is one, as often as `dialErrorLimit` allows. The caller ends the client. */
export async function connect(connection: Connection, call: Call, asking = alive): Promise<Client> {
  if (!connection.proxy) return dial(connection, asking, call, "Dial");
  const proxy = await dial(connection.proxy, asking, call, "Dial proxy");
  try {
    const client = await dial(connection, asking, call, "Dial from proxy", () => forward(proxy, connection));
    client.once("close", () => proxy.end());
    return client;
  } catch (fault) {
    proxy.end();
    throw fault;
  }
}

async function dial(
  hop: Hop,
  asking: typeof alive,
  call: Call,
  what: string,
  through?: () => Promise<ClientChannel>,
): Promise<Client> {
  const limit = hop.dialErrorLimit ?? 10;
  const config = { ...settings(hop), ...asking };
  return pRetry(async () => once({ ...config, sock: await through?.() }, call.signal), {
    retries: limit < 0 ? Infinity : limit,
    factor: 1.5,
    minTimeout: 100,
    maxTimeout: 5000,
    signal: call.signal,
    onFailedAttempt: ({ error, attemptNumber }) => {
      call.status(`${what} ${attemptNumber}/${limit < 0 ? "inf" : limit} failed: ${error.message}: retrying`);
    },
  }).catch((fault: Error) => {
    throw new Error(`could not connect to ${hop.user ?? "root"}@${hop.host}:${hop.port ?? 22}: ${fault.message}`);
  });
}

function once(config: ConnectConfig, signal: AbortSignal): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const abort = () => {
      client.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", abort, { once: true });
    client
      .once("ready", () => {
        signal.removeEventListener("abort", abort);
        resolve(client);
      })
      .on("error", (fault) => {
        signal.removeEventListener("abort", abort);
        reject(fault);
      })
      .once("close", () => reject(new Error("connection closed")))
      .on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) => {
        finish(prompts.map(() => config.password ?? ""));
      })
      .connect(config);
  });
}

function settings(hop: Hop): ConnectConfig {
  const seconds = hop.perDialTimeout ?? 15;
  const hostKey = (hop as Connection).hostKey;
  return {
    host: hop.host,
    port: hop.port ?? 22,
    username: hop.user ?? "root",
    password: hop.password,
    tryKeyboard: hop.password !== undefined,
    privateKey: hop.privateKey === undefined ? undefined : readable(hop.privateKey, hop.privateKeyPassword),
    passphrase: hop.privateKeyPassword,
    agent: hop.agentSocketPath ?? process.env.SSH_AUTH_SOCK,
    readyTimeout: seconds * 1000,
    algorithms: { serverHostKey: [...hostKeyOrder] },
    hostVerifier: hostKey === undefined ? () => true : pinned(hostKey),
  };
}

/** Refuses every other host key. @throws when the line is not one of authorized_keys' form. */
function pinned(line: string): (offered: Buffer) => boolean {
  const expected = line.split(/\s+/).find((word) => word.startsWith("AAAA"));
  if (!expected) throw new Error("connection.hostKey must be a line like 'ssh-ed25519 AAAA...'");
  return (offered) => {
    if (offered.equals(Buffer.from(expected, "base64"))) return true;
    throw new Error(`host key mismatch: the server shows ${fingerprint(offered)}, connection.hostKey is another`);
  };
}

function fingerprint(key: Buffer): string {
  const type = key.subarray(4, 4 + key.readUInt32BE(0)).toString();
  return `${type} SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The SSH library doesn't read PKCS#8, which the official plugin does. */
function readable(privateKey: string, passphrase: string | undefined): string {
  if (!/BEGIN (ENCRYPTED )?PRIVATE KEY/.test(privateKey)) return privateKey;
  try {
    return sshpk.parsePrivateKey(privateKey, "pem", { passphrase }).toBuffer("openssh", {}).toString();
  } catch {
    // The library's own message may quote its input.
    throw new Error("connection.privateKey is not a private key that can be read");
  }
}

function forward(proxy: Client, to: Connection): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, to.host, to.port ?? 22, (fault, channel) =>
      fault ? reject(fault) : resolve(channel),
    );
  });
}
