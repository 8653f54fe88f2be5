import { execa } from "execa";
import type { Machine } from "./fabric";

/**
 * Runs a command in a machine from the host's side, without its SSH or its network, and resolves to its standard output.
 * For measuring and testing: nothing of the cluster's own takes part.
 * @throws Error when the machine is off or the command fails
 */
export async function inside({ name, leaderPid }: Machine, command: string, input?: string): Promise<string> {
  if (leaderPid === null) throw new Error(`${name} is off.`);
  const words = ["--target", String(leaderPid), "--all", "bash", "-c", command];
  const { stdout } = await execa("nsenter", words, {
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
    input,
  });
  return stdout;
}

/** Counts the SSH sessions that a machine has accepted since it was made. */
export const countLogins = "journalctl --no-pager -q -t sshd -t sshd-session | grep -c 'Accepted publickey' || true";
