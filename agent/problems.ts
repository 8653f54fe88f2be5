import type { Agent } from "./agent";
import { confirmations } from "./election/membership";

/** What an operator should know of this node, a sentence each. */
export function problems(agent: Agent): string[] {
  const { leadership, look, voter, clients } = agent;
  const found: string[] = [];
  if (agent.problem) found.push(agent.problem);
  if (!agent.primary && clients.without > agent.parts.timing.reads) {
    found.push(
      "no primary is known: fewer than a majority of the data nodes answer each other, or none of them has all the data",
    );
  }
  if (leadership?.ready && look.state === "primary") {
    if (confirmations(leadership.membership.names) > look.standbys.length)
      found.push("writes wait: too few standbys are streaming to confirm them");
    if (voter.durable.forced) found.push("it was made the primary by force, and no majority has confirmed it since");
  }
  return found;
}
