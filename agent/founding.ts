import type { Agent } from "./agent";
import { within } from "./clock";
import { nothingYet } from "./durable";
import type { BlankAnswer, Founding } from "./wire/messages";

/** How long a new PostgreSQL may take until it takes sessions, in milliseconds. */
const patience = 60_000;

/** Why a new cluster would destroy something here; null when nothing here would be. */
export function whyNotBlank({ voter, look, self }: Agent): BlankAnswer {
  if (voter.durable.systemId !== null) return { reason: `${self.name} belongs to a cluster already` };
  if (look.state !== "blank") return { reason: `${self.name} has data` };
  return {};
}

/** A peer starts the cluster. @throws Error when that would destroy something */
export async function founded(agent: Agent, { term, leader }: Founding): Promise<void> {
  const { reason } = whyNotBlank(agent);
  if (reason) throw new Error(`${reason}.`);
  await agent.voter.keep({ ...nothingYet, term, votedFor: leader });
}

/**
 * Starts the cluster on this node, if there is none: every node must be there to say that it has nothing.
 * @returns whether it did; false when there is a cluster already, and this node belongs to it or will join it
 * @throws Error when whether there is one cannot be known
 */
export async function found(agent: Agent): Promise<boolean> {
  const { parts, peers, self, voter } = agent;
  const { database, wire, log, clock } = parts;
  const data = peers.filter((peer) => peer.data);
  if (whyNotBlank(agent).reason) return false;
  const answers = await Promise.all(
    data.map(async ({ name }) => {
      const answer = await wire.call(name, "blank", {}).catch(() => {
        throw new Error(
          `${name} does not answer, so whether it has the cluster's data is unknown: not starting a new one.`,
        );
      });
      return answer.reason;
    }),
  );
  if (answers.some((reason) => reason !== undefined)) return false;
  const term = Math.max(1, voter.durable.term + 1);
  log("founds", { term });
  for (const { name } of data) await wire.call(name, "found", { term, leader: self.name });
  // Should it break off from here on, this node is the one that can be elected.
  const membership = { term, change: 0, names: [self.name] };
  const lineage = [{ timeline: 1, begin: "0/0", term }];
  await agent.undisturbed(async () => {
    await voter.keep({ ...nothingYet, term, votedFor: self.name, membership, lineage });
    await database!.initialise();
    await database!.start();
    const opened = await within(clock, patience, 100, () => (agent.look.state === "standby" ? true : undefined));
    if (!opened) throw new Error("PostgreSQL has been started and takes no sessions; journalctl says why.");
    await agent.begins(term, membership);
  });
  return true;
}
