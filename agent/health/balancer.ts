import ipaddr from "ipaddr.js";

/** Who asks for this node's health, as nginx tells. */
export interface Check {
  /** The address that spoke the PROXY protocol. */
  from: string;
  /** Whom it named there. */
  client: string;
}

/** What a part of the load balancer was told. */
export interface Told {
  in: boolean;
  /** How many times in a row. */
  times: number;
  /** When it last asked. */
  at: number;
}

/** The balancer's unhealthyThreshold and healthyThreshold (components/balancer.ts). */
const threshold = 2;
/** Who has not asked for so long, in milliseconds, asks no more: the balancer does every three seconds. */
const recent = 10_000;

/**
 * Whether the load balancer asks for itself. In its own checks it names itself, or nobody (PROXY UNKNOWN, LOCAL), or an
 * address of its own network. Not counted: a visitor who asks through it, whose address is public, and this stack's nodes,
 * whose scripts ask in the same way.
 */
export function isCheck({ from, client }: Check, nodes: string[]): boolean {
  if (!isPrivate(from) || nodes.includes(from)) return false;
  return client === "" || client === from || isPrivate(client);
}

function isPrivate(address: string): boolean {
  return (
    ipaddr.isValid(address) && ["private", "uniqueLocal", "carrierGradeNat"].includes(ipaddr.process(address).range())
  );
}

/** Whether everyone who asks has been told so as often as it takes to be believed. True when nobody asks. */
export function noticed(records: Iterable<Told>, wanted: boolean, now: number): boolean {
  return [...records].every((told) => now - told.at > recent || (told.in === wanted && told.times >= threshold));
}

/** Who asked, and what it was told. */
export class Checkers {
  private readonly told = new Map<string, Told>();

  note(checker: string, isIn: boolean, now: number): void {
    // A balancer's parts come and go.
    for (const [name, { at }] of this.told) if (now - at > recent) this.told.delete(name);
    const before = this.told.get(checker);
    this.told.set(checker, { in: isIn, times: before?.in === isIn ? before.times + 1 : 1, at: now });
  }

  noticed(wanted: boolean, now: number): boolean {
    return noticed(this.told.values(), wanted, now);
  }
}
