import type { LogEntry } from "./entry";

/** How far back. */
export interface Range {
  /** Nothing older. */
  since?: Date;
  /** At most so many of the latest entries. */
  lines?: number;
}

/** A log on a node, in the order in which it was written. It remembers how far it was read. */
export interface Source {
  /** The command that prints what is there and ends. */
  past(range: Range): string;
  /** The command that prints, for ever, what comes after the last line that was read; without one, first what is there. */
  next(range: Range): string;
  /** What a line of theirs says; undefined where that is nothing, or nothing new. */
  read(line: string): LogEntry | undefined;
}
