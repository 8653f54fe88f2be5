import type { Log } from "../log";
import type { VoteAnswer, Wire } from "../wire/messages";
import { isLater, majority, witnesses, type Membership } from "./membership";
import type { Position } from "./lineage";
import type { Voter } from "./voter";

export interface Elected {
  term: number;
  membership: Membership;
}

export interface Constituency {
  /** This node's name. */
  name: string;
  /** The other nodes with a vote. */
  others: string[];
  voter: Voter;
  wire: Wire;
  log: Log;
}

/**
 * Stands for election. First only asks whether it would be elected, so that a node that is merely cut off from the leader
 * disturbs nobody. Then its data must be known to reach as far as that of enough members, so that one of them has every
 * acknowledged commit; and a majority must have promised to follow nobody earlier.
 */
export async function campaign({ name, others, voter, wire, log }: Constituency): Promise<Elected | null> {
  const voters = others.length + 1;
  const { term: before, membership: known } = voter.durable;
  const expected = await voter.position();
  if (!expected || !known.names.includes(name)) return null;

  const ask = (term: number, position: Position, trial: boolean, enough: (answers: VoteAnswer[]) => boolean) =>
    gather(
      others.map((peer) => wire.call(peer, "vote", { term, candidate: name, position, trial })),
      enough,
    );
  const supporters = (answers: VoteAnswer[]) => answers.filter(({ granted }) => granted).length + 1;

  const trial = await ask(before + 1, expected, true, (answers) => supporters(answers) >= majority(voters));
  if (supporters(trial) < majority(voters)) {
    log("no candidate", { term: before + 1, reasons: trial.map(({ reason }) => reason).filter(Boolean) });
    // Behind the others' terms, it would not be heard the next time either.
    const latest = Math.max(0, ...trial.map(({ term }) => term));
    await voter.catchesUp(latest);
    return null;
  }
  // Meanwhile somebody else was elected.
  if (voter.durable.term !== before) return null;

  const term = Math.max(before, ...trial.map((answer) => answer.term)) + 1;
  const position = await voter.stands(term);
  log("candidate", { term, position });
  if (!position) return null;
  const verdict = (answers: VoteAnswer[]) => elected({ name, voters, known: voter.durable.membership, answers });
  const answers = await ask(term, position, false, (so) => verdict(so) !== null);
  const latest = verdict(answers);
  // Its own from here on, and so the later one: a change that an earlier leader told only a few voters never comes back.
  const membership = latest && { term, change: 0, names: latest.names };
  if (membership) await voter.keep({ term, membership });
  if (!membership || voter.durable.term !== term) {
    log("not elected", { term, reasons: answers.map(({ reason }) => reason).filter(Boolean) });
    return null;
  }
  log("elected", { term, membership: membership.names });
  return { term, membership };
}

/** The latest membership that a majority knows, when these answers elect the candidate; null when they do not. */
export function elected(vote: {
  name: string;
  voters: number;
  known: Membership;
  answers: VoteAnswer[];
}): Membership | null {
  const granted = vote.answers.filter((answer) => answer.granted);
  if (granted.length + 1 < majority(vote.voters)) return null;
  const membership = granted.reduce(
    (latest, answer) => (isLater(answer.membership, latest) ? answer.membership : latest),
    vote.known,
  );
  if (!membership.names.includes(vote.name)) return null;
  const heard = granted.filter((answer) => answer.position && membership.names.includes(answer.voter));
  return heard.length + 1 >= witnesses(membership.names) ? membership : null;
}

/** The answers that have come when there are enough, or when every call has ended. */
function gather<T>(calls: Promise<T>[], enough: (answers: T[]) => boolean): Promise<T[]> {
  return new Promise((resolve) => {
    const answers: T[] = [];
    let open = calls.length;
    if (open === 0) resolve(answers);
    for (const call of calls) {
      call
        .then((answer) => void answers.push(answer))
        .catch(() => undefined)
        .finally(() => {
          open -= 1;
          if (open === 0 || enough(answers)) resolve([...answers]);
        });
    }
  });
}
