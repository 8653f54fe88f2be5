import { within } from "./clock";
import type { Agent } from "./agent";

/** How long clients may be made to wait in all, in milliseconds, should nobody take over. */
const patience = 15_000;
/** A transaction that has been open for so long, in seconds, would keep everyone waiting. */
const longTransaction = 3;

export interface Handover {
  from: string;
  to: string;
  /** For how long clients waited, in milliseconds. */
  stall: number;
}

/**
 * Moves the primary to another node with nobody noticing more than a wait: clients pause between two transactions, the
 * old primary shuts down in order, which leaves every record with its standbys, and its successor stands for election.
 * @param target the new primary; default: a standby that is up to date
 * @throws Error which says why nothing was done
 */
export async function handOver(agent: Agent, target?: string): Promise<Handover> {
  const { parts, peers, self, leadership, look } = agent;
  const { database, clock, wire, log } = parts;
  if (!leadership?.ready || look.state !== "primary") throw new Error(`${self.name} is not the primary.`);
  const ready = look.standbys.filter(
    ({ name, flushed }) => flushed !== null && leadership.membership.names.includes(name),
  );
  const to = target ?? ready[0]?.name;
  if (to === undefined)
    throw new Error("No standby is streaming, so none can take over; trivet status says what is wrong with them.");
  if (to === self.name) throw new Error(`${to} is the primary already.`);
  if (!ready.some(({ name }) => name === to)) {
    throw new Error(
      `${to} is not streaming from ${self.name}; it can be ${list(ready.map(({ name }) => name)) || "nobody"} at the moment.`,
    );
  }
  const oldest = await database!.oldestTransaction();
  if (oldest > longTransaction) {
    throw new Error(
      `A transaction has been open for ${Math.round(oldest)} s, and everyone would have to wait for its end; end it, or try again later.`,
    );
  }

  // Most of what a shutdown writes is written before anyone waits for it. And a standby that follows the next primary asks
  // for the log's last file from its beginning, before it confirms the first commit: now that is next to nothing.
  await database!.checkpoint();
  await database!.freshLog();
  const begun = clock.now();
  const { term } = leadership;
  const tell = (milliseconds: number) =>
    Promise.allSettled([
      agent.pause({ term, milliseconds }),
      ...peers.map(({ name }) => wire.call(name, "pause", { term, milliseconds })),
    ]);
  const answers = await tell(patience);
  // A node that does not answer at all has no clients that could be told.
  if (answers.some((answer) => answer.status === "fulfilled" && !answer.value.paused)) {
    await tell(0);
    throw new Error("Transactions went on for too long to wait for their end; nothing has been moved. Try again.");
  }
  log("hands over", { to, term });
  await agent.stepDown(`${to} takes over`, "fast", to);
  const next = await within(clock, patience, 20, () => {
    const { heard } = agent.voter;
    if (agent.leadership?.ready && agent.leadership.term > term) return self.name;
    return heard?.ready && heard.term > term ? heard.leader : undefined;
  });
  if (next === undefined) throw new Error("Nobody has taken over yet; trivet status shows what happens.");
  if (next !== to) throw new Error(`${next} has taken over instead of ${to}.`);
  return { from: self.name, to: next, stall: Math.round(clock.now() - begun) };
}

const list = (names: string[]): string => names.join(" or ");
