import { lastLines, UserError } from "../errors";
import { SshConnection, type SshTarget } from "../ssh";

const scripts = {
  leave: "/usr/local/lib/trivet/leave-rotation",
  enter: "/usr/local/lib/trivet/enter-rotation",
} as const;

/** It waits for the load balancer, and for two handovers. */
const patience = 300_000;
const notInstalled = 127;

/**
 * Has a node leave or enter the rotation by an operator's word, which lasts; resolves when the load balancer has noticed.
 * @throws UserError with the script's last words
 */
export async function rotate(target: SshTarget, way: keyof typeof scripts): Promise<void> {
  const connection = await SshConnection.open(target);
  try {
    const ran = await connection.run(`${scripts[way]} operator`, { timeout: patience });
    if (ran.code === notInstalled) {
      throw new UserError(`${target.name} has no ${scripts[way]} yet; run "pulumi up", which installs it.`);
    }
    if (ran.code !== 0) {
      throw new UserError(
        `${target.name}: ${scripts[way]} failed; its last lines are below, and "npx trivet status" says where the node is now.`,
        lastLines(`${ran.stdout}\n${ran.stderr}`.trim()),
      );
    }
  } finally {
    connection.close();
  }
}
