/** A record of the write-ahead log. */
export interface Entry {
  /** What a client wrote; null: something of PostgreSQL's own. */
  id: string | null;
  timeline: number;
}

/** Where a timeline begins: after so many records. */
export interface Timeline {
  timeline: number;
  begin: number;
}

/** What lies on a machine's disk. A place in the log is the number of records before it. */
export interface Data {
  systemId: string;
  log: Entry[];
  history: Timeline[];
  /** The newest timeline of which there is a history file. */
  newest: number;
  /** A rewind of it has broken off: who starts PostgreSQL with that reads garbage. */
  torn: boolean;
  /** For whom the log is kept: the standby and the term. */
  slots: string[];
  /** Rewound, it is consistent, and takes sessions, when its log reaches to there; 0: it is. */
  consistentAt: number;
}

export const timelineOf = (data: Data): number => data.history.at(-1)!.timeline;

export const copyOf = (data: Data): Data => ({
  ...data,
  log: [...data.log],
  history: [...data.history],
  torn: false,
  slots: [],
  consistentAt: 0,
});

/** Whether a server with this data sends its log from there: PostgreSQL goes by the numbers alone. */
export function serves(source: Data, timeline: number, place: number): boolean {
  const at = source.history.findIndex((entry) => entry.timeline === timeline);
  if (at < 0) return false;
  const next = source.history[at + 1];
  return place <= (next ? next.begin : source.log.length);
}

/** Takes records of the source's log up to a place; the timelines that they are of come along. */
export function receive(sink: Data, source: Data, upTo: number): void {
  for (let place = sink.log.length; place < upTo; place += 1) sink.log.push(source.log[place]!);
  const last = Math.max(timelineOf(sink), sink.log.at(-1)?.timeline ?? 0);
  const at = source.history.findIndex(({ timeline }) => timeline === last);
  // A timeline is entered where it begins, even before its first record.
  const entered = source.history[at + 1]?.begin === sink.log.length ? at + 1 : at;
  sink.history = source.history.slice(0, entered + 1);
  sink.newest = Math.max(sink.newest, source.newest);
}

/**
 * pg_rewind: to the last common place by the timelines' numbers, then on as the source.
 * @param lacks how much of the log it has not copied when it ends, which only the source's stream brings
 */
export function rewound(target: Data, source: Data, lacks: number): Data {
  if (timelineOf(target) === timelineOf(source)) return target;
  let common = 0;
  while (
    target.history[common + 1] &&
    source.history[common + 1]?.timeline === target.history[common + 1]!.timeline &&
    source.history[common + 1]?.begin === target.history[common + 1]!.begin
  )
    common += 1;
  const endOf = (data: Data): number => data.history[common + 1]?.begin ?? data.log.length;
  const divergence = Math.min(endOf(target), endOf(source));
  if (target.log.length <= divergence) return target;
  const copy = copyOf(source);
  const end = Math.max(divergence, copy.history.at(-1)!.begin, copy.log.length - lacks);
  const log = [...target.log.slice(0, divergence), ...copy.log.slice(divergence, end)];
  return { ...copy, log, consistentAt: copy.log.length };
}
