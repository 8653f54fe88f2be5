import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { UserError } from "./errors";
import type { SshTarget } from "./ssh";

export interface TerminalOption {
  /** Whether a command gets a terminal there; a shell always does. Default no. */
  terminal?: boolean;
}

/** Runs the system's ssh on this terminal and resolves to its exit code. The key's file lives as long as it. */
export async function openSsh(
  target: SshTarget,
  command: readonly string[],
  options: TerminalOption = {},
): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), "trivet-ssh-"));
  // The terminal sends an interrupt to ssh too, which decides; this process stays to remove the key.
  const stay = () => undefined;
  process.on("SIGINT", stay);
  try {
    const key = path.join(folder, "key");
    const knownHosts = path.join(folder, "known_hosts");
    await writeFile(key, withFinalNewline(target.privateKey), { mode: 0o600 });
    await writeFile(knownHosts, withFinalNewline(target.knownHosts));
    const child = spawn("ssh", sshArguments(target, key, knownHosts, command, options), { stdio: "inherit" });
    const [code] = (await once(child, "exit")) as [number | null];
    return code ?? 1;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new UserError(`The command "ssh" is not on PATH; install OpenSSH's client.`);
  } finally {
    process.off("SIGINT", stay);
    await rm(folder, { recursive: true, force: true });
  }
}

/** OpenSSH refuses a key whose last line does not end. */
const withFinalNewline = (text: string): string => `${text.trimEnd()}\n`;

/** The words after `ssh`. Nothing of the user's own ssh configuration takes part. */
export function sshArguments(
  target: SshTarget,
  keyFile: string,
  knownHostsFile: string,
  command: readonly string[],
  { terminal = false }: TerminalOption = {},
): string[] {
  const options = {
    IdentityFile: keyFile,
    IdentitiesOnly: "yes",
    UserKnownHostsFile: knownHostsFile,
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    ConnectTimeout: "10",
    LogLevel: "ERROR",
  };
  return [
    ...["-F", "/dev/null"],
    ...(terminal ? ["-t"] : []),
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    ...["-p", String(target.port ?? 22), `${target.user}@${target.host}`],
    ...(command.length > 0 ? ["--", ...command] : []),
  ];
}
