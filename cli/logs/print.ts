import { explain } from "../errors";
import { Delayed } from "./delayed";
import type { LogEntry } from "./entry";
import { follow } from "./follow";
import { lastOf } from "./merge";
import type { NodeLog } from "./nodeLog";
import { Output } from "./output";
import { past } from "./past";
import type { Show } from "./show";
import type { Range } from "./source";

/**
 * Prints what the logs hold and, if they are followed, what is written from then on, until Ctrl-C or until nobody reads the
 * output any more. Then the process ends. Faults go to standard error; without following, they make the exit code 1.
 */
export async function printLogs(logs: NodeLog[], range: Range, show: Show, following = false): Promise<void> {
  const ended = new AbortController();
  const output = new Output(process.stdout, ended);
  const say = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  const write = async (entries: LogEntry[]) => output.write(entries.map(show).join(""));
  if (following) process.once("SIGINT", () => ended.abort());

  // A node that does not tell its past is said when it is followed.
  const complain = (fault: unknown) => {
    if (following) return;
    say(explain(fault));
    process.exitCode = 1;
  };
  await printPast(past(logs, askedFor(range), complain), range, write, ended.signal);
  if (!following) return;

  const delayed = new Delayed(write);
  await Promise.race([
    follow(logs, { range, put: (entry) => delayed.put(entry), say, ended: ended.signal }),
    new Promise((resolve) => ended.signal.addEventListener("abort", resolve)),
  ]);
  await delayed.end();
  // A node that does not answer must not hold up whoever wants to leave.
  process.exit();
}

/** Even who wants to see nothing of the past has to know where it ends. */
const askedFor = ({ since, lines }: Range): Range => ({ since, lines: lines === undefined ? undefined : lines || 1 });

async function printPast(
  entries: AsyncIterable<LogEntry>,
  { lines }: Range,
  write: (entries: LogEntry[]) => Promise<void>,
  ended: AbortSignal,
): Promise<void> {
  if (lines !== undefined) return write(await lastOf(entries, lines));
  for await (const entry of entries) {
    if (ended.aborted) return;
    await write([entry]);
  }
}
