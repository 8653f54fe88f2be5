import { compareLsn, parseLsn, type Lsn } from "../postgres/lsn";

/** One timeline of the data that everyone agrees on. */
export interface Chapter {
  timeline: number;
  /** Where it leaves the timeline before it. */
  begin: Lsn;
  /** The term whose leader began it. Two leaders may give their timelines the same number, but never lead in the same term. */
  term: number;
}

/** The data's whole history, oldest first. */
export type Lineage = Chapter[];

/** How far a node's data reaches. */
export interface Position {
  /** The term in which its last record was written. */
  term: number;
  timeline: number;
  lsn: Lsn;
}

/** Below 0 when a has less than b. A later leader's data is more than any amount of an earlier one's. */
export function comparePositions(a: Position, b: Position): number {
  return a.term - b.term || compareLsn(a.lsn, b.lsn);
}

/**
 * The position of data that ends at `lsn`, with log files of no newer timeline than `timeline`. A standby that has only
 * just begun to receive a timeline may not have reached the place where it begins: then it is still in the one before.
 * Data of a timeline that the lineage does not know is from nobody's term: 0.
 */
export function positionAt(lsn: Lsn, timeline: number, lineage: Lineage): Position {
  const at = lineage.findIndex((chapter) => chapter.timeline === timeline);
  const reached = lineage.slice(0, at + 1).filter(({ begin }) => compareLsn(begin, lsn) < 0);
  const chapter = reached.at(-1);
  return chapter ? { term: chapter.term, timeline: chapter.timeline, lsn } : { term: 0, timeline, lsn };
}

/** How a node's data stands to its leader's history. */
export type Kinship =
  /** A part of it: it only has to be continued. */
  | "ancestor"
  /** It has records that the leader's history has not: they were never acknowledged, and have to go. */
  | "diverged"
  /** One of its timelines has the number of another leader's: what PostgreSQL would take for the same is not. */
  | "conflicting";

/** @param lineage of the node's own data */
export function kinship(own: Position, leader: Lineage, lineage: Lineage): Kinship {
  if (looksAlike(lineage, leader)) return "conflicting";
  const at = leader.findIndex(({ timeline }) => timeline === own.timeline);
  if (at < 0) return "diverged";
  if (leader[at]!.term !== own.term) return "conflicting";
  const next = leader[at + 1];
  return next && compareLsn(own.lsn, next.begin) > 0 ? "diverged" : "ancestor";
}

/** Whether PostgreSQL, and pg_rewind, would take a timeline of one for the same as one of the other that it is not. */
function looksAlike(own: Lineage, leader: Lineage): boolean {
  for (const [at, chapter] of own.entries()) {
    const same = leader[at];
    if (same?.timeline !== chapter.timeline || same.begin !== chapter.begin) return false;
    if (same.term !== chapter.term) return true;
  }
  return false;
}

/**
 * The lineage of data on `timeline`, by PostgreSQL's history file of it: a line "parent<TAB>end of the parent<TAB>reason"
 * for each timeline before. What the known lineage says of a timeline is kept; one that it does not know was begun by
 * this node itself, in `term`.
 */
export function lineageOf(timeline: number, history: string, known: Lineage, term: number): Lineage {
  const parents = history
    .split("\n")
    .filter((line) => /^\d+\t/.test(line))
    .map((line) => line.split("\t") as [string, Lsn]);
  const timelines = [...parents.map(([parent]) => Number(parent)), timeline];
  return timelines.map((number, at) => {
    const begin = at === 0 ? "0/0" : parents[at - 1]![1];
    const same = known.find((chapter) => chapter.timeline === number && chapter.begin === begin);
    return { timeline: number, begin, term: same?.term ?? term };
  });
}

/**
 * The newest timeline of which there is a log file that can hold the record before `lsn`. Files further on are empty
 * ones, made ahead.
 * @param files names in pg_wal: 8 hexadecimal digits each of timeline, upper and lower half of the file's number
 * @param fileBytes a file's size, which is the data's own since it was made
 */
export function newestTimeline(files: string[], lsn: Lsn, fileBytes: number): number {
  const size = BigInt(fileBytes);
  const last = (parseLsn(lsn) - 1n) / size;
  const perLog = 0x100000000n / size;
  const timelines = files
    .filter((file) => /^[0-9A-F]{24}$/.test(file))
    .filter((file) => BigInt(`0x${file.slice(8, 16)}`) * perLog + BigInt(`0x${file.slice(16)}`) <= last)
    .map((file) => parseInt(file.slice(0, 8), 16));
  return Math.max(0, ...timelines);
}
