import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf, UserError } from "../errors";
import type { LogEntry } from "./entry";
import type { NodeLog } from "./nodeLog";
import type { Range } from "./source";

export interface Following {
  range: Range;
  /** Takes an entry; the next is read when it resolves. */
  put: (entry: LogEntry) => Promise<void>;
  /** Tells of a node that goes and comes, in a sentence. */
  say: (sentence: string) => void;
  ended: AbortSignal;
  /** How long after a fault a node is tried again, in milliseconds; default 2 seconds. */
  pause?: number;
}

/** Reads the nodes' logs as they are written, until it is ended. A node that goes away is read on when it is back. */
export async function follow(logs: readonly NodeLog[], following: Following): Promise<void> {
  await Promise.all(logs.map((log) => followOne(log, following)));
}

async function followOne(log: NodeLog, following: Following): Promise<void> {
  const { say, ended, pause = 2_000 } = following;
  let away = false;
  while (!ended.aborted) {
    try {
      await readOn(log, following, () => {
        if (away) say(`${log.name} is back.`);
        away = false;
      });
    } catch (fault) {
      if (ended.aborted) return;
      if (!away) say(`${reasonOf(fault)}. What ${log.name} writes meanwhile follows when it is back.`);
      away = true;
    }
    await sleep(pause, undefined, { signal: ended }).catch(() => undefined);
  }
}

/** Ends with a fault, always: none of a node's logs has an end. */
async function readOn(log: NodeLog, { range, put, ended }: Following, connected: () => void): Promise<void> {
  const connection = await log.open();
  const close = () => connection.close();
  ended.addEventListener("abort", close, { once: true });
  try {
    if (ended.aborted) return;
    connected();
    const reading = log.next(connection, range).map(async (entries) => {
      try {
        for await (const entry of entries) await put(entry);
        throw new UserError(`${log.name}: a log came to an end.`);
      } finally {
        close();
      }
    });
    // All of them must be over before any is read again.
    const [first] = (await Promise.allSettled(reading)).filter((read) => read.status === "rejected");
    throw first?.reason;
  } finally {
    ended.removeEventListener("abort", close);
    close();
  }
}
