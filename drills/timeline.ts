import type { Machine } from "../local/fabric";
import { ask } from "./ask";
import type { Subject } from "./subject";

/** One line of what happened, on a node or by the drill's hand. */
export interface Entry {
  /** Milliseconds since 1970. */
  at: number;
  where: string;
  what: string;
}

/** What a standby says many times a second: that it waits, and that it refuses what clients ask. */
const noise = [
  "waiting for WAL to become|could not connect to the primary|Is the server run",
  "STATEMENT:|read-only transaction|not yet accepting connections|the database system is starting up|Consistent recovery state",
].join("|");

/** What the drill itself did. */
export const drillHand = "drill";

/** The lines that `journalctl -o short-unix` printed. Lines of an entry that has several belong to its moment. */
export function parseJournal(node: string, text: string): Entry[] {
  const entries: Entry[] = [];
  for (const line of text.split("\n")) {
    const match = /^(\d+\.\d+) \S+ (.*)$/.exec(line);
    if (match) entries.push({ at: Number(match[1]) * 1000, where: node, what: match[2]! });
    else if (line.trim() && entries.length > 0) entries.push({ ...entries.at(-1)!, what: line.trim() });
  }
  return entries;
}

/** All entries in the order of time, a line each, counted from the first fault. */
export function printed(entries: Entry[], origin: number): string {
  const width = Math.max(...entries.map(({ where }) => where.length));
  return [...entries]
    .sort((a, b) => a.at - b.at)
    .map(({ at, where, what }) => {
      const seconds = (at - origin) / 1000;
      return `${(seconds < 0 ? "" : "+") + seconds.toFixed(3)} s`.padStart(12) + `  ${where.padEnd(width)}  ${what}`;
    })
    .join("\n");
}

/**
 * The journals of all nodes since a moment, merged with what the drill did. A node that is off or silent says so.
 * @param origin the moment from which time is counted
 */
export async function timeline(subject: Subject, marks: Entry[], since: number, origin: number): Promise<string> {
  const journals = subject.nodes.map(async (node) => {
    const machine = await subject.machine(node);
    const [journal, status] = await Promise.all([
      journalOf(machine, node, subject.units, since),
      subject.status?.(node),
    ]);
    return status === undefined
      ? journal
      : [...journal, { at: Date.now(), where: node, what: `in the end: ${status}` }];
  });
  return printed([...marks, ...(await Promise.all(journals)).flat()], origin);
}

async function journalOf(machine: Machine, node: string, units: string[], since: number): Promise<Entry[]> {
  const at = Date.now();
  if (machine.leaderPid === null) return [{ at, where: node, what: "is off; its journal cannot be read" }];
  const which = units.map((unit) => `-u ${unit}`).join(" ");
  const journal = `journalctl --no-pager -q -o short-unix --since=@${Math.floor(since / 1000)} ${which}`;
  const command = `${journal} | grep -vE '${noise}' | tail -n 400`;
  return ask(machine, command, 15).then(
    (text) => parseJournal(node, text),
    (error: Error) => [{ at, where: node, what: `its journal cannot be read: ${error.message}` }],
  );
}
