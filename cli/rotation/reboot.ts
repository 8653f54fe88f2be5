import { setTimeout as sleep } from "node:timers/promises";
import { lastLines, list, UserError } from "../errors";
import { SshConnection, type SshTarget } from "../ssh";
import type { Observed } from "../status/problems";
import { inSentence } from "./others";

const readBootId = "cat /proc/sys/kernel/random/boot_id";
const connectPatience = 5_000;

/** Which boot of a node this is: another text after each. @throws UserError when the node does not answer */
export async function bootId(target: SshTarget): Promise<string> {
  return withConnection(target, async (connection) => {
    const { code, stdout, stderr } = await connection.run(readBootId, { timeout: connectPatience });
    if (code === 0) return stdout.trim();
    throw new UserError(`${target.name} does not tell its boot: ${lastLines(stderr, 1)}`);
  });
}

/** Begins a reboot; the node goes away when its services have ended. @throws UserError when it refuses */
export async function beginReboot(target: SshTarget): Promise<void> {
  const ran = await withConnection(target, (connection) =>
    // It may be gone before it answers.
    connection.run("systemctl reboot", { timeout: 30_000 }).catch(() => undefined),
  );
  if (ran && ran.code > 0) throw new UserError(`${target.name} does not reboot: ${lastLines(ran.stderr, 1)}`);
}

/** What a node that was rebooted still lacks, a few words each. `drained`: it was so before, and stays out. */
export function lacking(node: Observed, { drained, app }: { drained: boolean; app: boolean }): string[] {
  if (node.unreachable) return ["it does not answer"];
  const { agent, postgres } = node;
  const data = agent?.data !== false;
  const health = agent?.health;
  const isIn = health ? health.in : node.balancer === true;
  const parts: [boolean, string][] = [
    [agent === null, "its agent does not answer"],
    [data && postgres === null, "PostgreSQL does not answer"],
    [postgres?.role === "standby" && postgres.lagBytes === null, "the standby is not streaming"],
    [data && node.redis === null, "redis does not answer"],
    [health?.database === false, "it has no way to the primary"],
    [health?.redis === false, "it has no way to redis' master"],
    [app && node.app?.healthy !== true, "not all its workers are well"],
    [agent !== null && !drained && !isIn, health ? inSentence(health.why) : "its health check fails"],
  ];
  return parts.flatMap(([present, text]) => (present ? [text] : []));
}

export interface Patience {
  /** When to give up, by `Date.now()`. */
  until: number;
  /** Between two questions, in milliseconds; default 2 seconds. */
  pause?: number;
}

/**
 * Asks until nothing is lacking, and reports what is.
 * @throws UserError with what was lacking last
 */
export async function until(
  name: string,
  ask: () => Promise<string[]>,
  report: (line: string) => void,
  { until, pause = 2_000 }: Patience,
): Promise<void> {
  for (;;) {
    const missing = await ask();
    if (missing.length === 0) return;
    report(list(missing));
    if (Date.now() >= until) {
      throw new UserError(
        `${name} was rebooted and is not well in time: ${list(missing)}. "npx trivet status" says more.`,
      );
    }
    await sleep(pause);
  }
}

async function withConnection<T>(target: SshTarget, work: (connection: SshConnection) => Promise<T>): Promise<T> {
  const connection = await SshConnection.open(target, { timeout: connectPatience });
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}
