import type { Agent } from "./agent";

/** What an operator alone may ask for, since it gives data up. */

/**
 * Makes this node the leader without asking anyone: the others are lost, and so is what only they had.
 * @throws Error when its PostgreSQL is no standby, or is being worked on
 */
export async function forceLeadership(agent: Agent): Promise<void> {
  const { self, voter, look } = agent;
  if (agent.leadership) throw new Error(`${self.name} is the primary already.`);
  if (look.state !== "standby")
    throw new Error(`PostgreSQL on ${self.name} is ${look.state}; it has to be a standby that answers.`);
  if (agent.follower!.isWorking)
    throw new Error(`PostgreSQL on ${self.name} is being worked on; try again in a moment.`);
  await agent.undisturbed(async () => {
    // Later than any term that the lost nodes may have reached meanwhile.
    const term = voter.durable.term + 1000;
    await voter.stands(term);
    await voter.keep({ forced: true });
    await agent.begins(term, { term, change: 0, names: [self.name] });
  });
}

/** Replaces this node's data by a copy of the leader's. @throws Error when there is none, or it is this node */
export async function replaceData(agent: Agent): Promise<void> {
  const { heard } = agent;
  if (!heard?.ready)
    throw new Error(agent.leadership ? `${agent.self.name} is the primary.` : "There is no primary to copy from.");
  await agent.follower!.replaceData(heard);
}
