import { isDead, lacks, type Look } from "./look";

/** Whether the load balancer is to send this node requests, and what the next verdict has to know of this one. */
export interface Verdict {
  in: boolean;
  /** One sentence. */
  why: string;
  /** For how many looks no worker has been alive. */
  deadLooks: number;
  /** Since when the others have been the better choice; null when they are not. */
  worseSince: number | null;
  /** For how many looks nothing has spoken against the node. */
  goodLooks: number;
}

/** For so long, in milliseconds, the others must have been the better choice: a failover shows at every node in turn. */
const patience = 3_000;
/** So many looks without a living worker take a node out, and so many without a fault bring it back. */
const looks = 2;

interface Objection {
  why: string;
  /** Whether it has lasted. */
  lasts: boolean;
}

/**
 * A fault that all nodes share takes none of them out: an application that answers with an error, or from what it has, is
 * better than no answer. So only a drain and dead workers count by themselves; everything else, only where the others do
 * better, or where so few of them are heard that this node is cut off.
 * @param before null for an agent's first verdict: then nothing has to last
 */
export function verdict(look: Look, before: Verdict | null): Verdict {
  const passesOn = look.aside && look.peers.some(({ says }) => says?.able);
  const isWithoutWorkers = !passesOn && isDead(Object.values(look.workers));
  const worse = passesOn ? null : whyWorse(look);
  const deadLooks = isWithoutWorkers ? (before?.deadLooks ?? 0) + 1 : 0;
  const worseSince = worse ? (before?.worseSince ?? look.at) : null;

  let objection: Objection | null = null;
  if (look.drains.length > 0) objection = { why: `It is drained by ${look.drains.join(" and ")}.`, lasts: true };
  else if (isWithoutWorkers) objection = { why: "None of its workers is alive.", lasts: deadLooks >= looks };
  else if (worse) objection = { why: worse, lasts: look.at - worseSince! > patience };

  const goodLooks = objection ? 0 : (before?.goodLooks ?? 0) + 1;
  const isIn = objection ? before?.in === true && !objection.lasts : before?.in !== false || goodLooks >= looks;
  return { in: isIn, why: objection?.why ?? whyNot(look, passesOn, isIn), deadLooks, worseSince, goodLooks };
}

/** Why the others are the better choice, if they are. */
function whyWorse(look: Look): string | null {
  const lacking = lacks(look).join(" and ");
  if (lacking === "") return null;
  // One that is drained itself would not be sent the requests.
  const better = look.peers.find(({ says }) => says?.able && says.in);
  if (better) return `It has ${lacking}, and ${better.name} serves.`;
  const heard = 1 + look.peers.filter(({ says }) => says !== null).length;
  const nodes = 1 + look.peers.length;
  return heard <= nodes / 2 ? `It has ${lacking}, and hears only ${heard} of ${nodes} nodes, itself included.` : null;
}

/** What there is to say where nothing speaks against the node. */
function whyNot(look: Look, passesOn: boolean, isIn: boolean): string {
  if (!isIn) return "It has just become well; the next look confirms that.";
  if (passesOn) return "It passes its requests on to the other nodes for a moment.";
  const lacking = lacks(look).join(" and ");
  if (lacking === "") return "It serves.";
  return look.peers.length > 0
    ? `It has ${lacking}, but no other node does better.`
    : `It has ${lacking}, but there is no other node.`;
}
