import type { Agent } from "./agent";
import { confirmations } from "./election/membership";

/** What an operator should know of this node, a sentence each. */
export function problems(agent: Agent): string[] {
  const { leadership, look, voter, clients, peers } = agent;
  const found: string[] = [];
  if (agent.problem) found.push(agent.problem);
  if (agent.condition.full) found.push("the disk is full; df -h / says of what, and what is deleted frees it at once");
  if (!agent.primary && clients.without > agent.parts.timing.reads) {
    found.push(
      "no primary is known: fewer than a majority of the data nodes answer each other, or none of them has all the data",
    );
  }
  if (leadership?.ready && look.state === "primary") {
    const { names } = leadership.membership;
    if (confirmations(names) > look.standbys.length)
      found.push("writes wait: too few standbys are streaming to confirm them");
    if (names.length === 1 && peers.some(({ data }) => data))
      found.push("it goes on without a standby: what is written now is on this node's disk only");
    if (voter.durable.forced) found.push("it was made the primary by force, and no majority has confirmed it since");
  }
  return found;
}
