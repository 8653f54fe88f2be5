import type { Agent } from "./agent";
import { within } from "./clock";
import { handOver } from "./handover";

const patience = 120_000;

/**
 * Restarts this node's PostgreSQL if a setting waits for that. A primary hands over first, if anyone can take over.
 * @returns whether it was needed
 * @throws Error when PostgreSQL is not what it was before, in time
 */
export async function restart(agent: Agent): Promise<boolean> {
  const { database, clock, settings } = agent.parts;
  if (!(await database!.needsRestart())) return false;
  const others = settings.nodes.filter(({ data, name }) => data && name !== settings.name);
  if (agent.leadership && others.length > 0) await handOver(agent);
  if (agent.leadership) await agent.stepDown("it restarts for a setting", "fast");
  else if (await database!.needsRestart().catch(() => false)) await database!.stop("fast");
  const back = await within(clock, patience, 500, () => {
    const { look, leadership } = agent;
    if (leadership?.ready) return true;
    return look.state === "standby" && look.streamsFrom !== null && look.streamsFrom === agent.heard?.leader
      ? true
      : undefined;
  });
  if (!back)
    throw new Error(
      `PostgreSQL has not come back as ${others.length > 0 ? "a standby" : "the primary"}; trivet status says why.`,
    );
  return true;
}
