import type { LogEntry } from "./entry";

/** Puts logs that are each in the order of their times into one. Of each, no more than one entry is held. */
export async function* mergeByTime(logs: readonly AsyncIterable<LogEntry>[]): AsyncGenerator<LogEntry> {
  const readers = logs.map((log) => log[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(readers.map((reader) => reader.next()));
    for (;;) {
      const at = earliest(heads);
      if (at === undefined) return;
      yield heads[at]!.value as LogEntry;
      heads[at] = await readers[at]!.next();
    }
  } finally {
    for (const reader of readers) await reader.return?.();
  }
}

/** At equal times, the one that was given first. */
function earliest(heads: readonly IteratorResult<LogEntry, unknown>[]): number | undefined {
  let found: number | undefined;
  let time = Infinity;
  heads.forEach((head, at) => {
    if (head.done || head.value.time >= time) return;
    found = at;
    time = head.value.time;
  });
  return found;
}

/** The last `count` of them, in their order. No more than twice as many are held. */
export async function lastOf<T>(all: AsyncIterable<T>, count: number): Promise<T[]> {
  let held: T[] = [];
  for await (const one of all) {
    held.push(one);
    if (held.length >= 2 * count + 1) held = held.slice(held.length - count);
  }
  return held.slice(Math.max(0, held.length - count));
}
