import type { SshConnection } from "../ssh";
import type { LogEntry } from "./entry";
import { Journal } from "./journal";
import { NginxLog } from "./nginxLog";
import type { Wanted } from "./services";
import type { Range, Source } from "./source";

/** A node's logs, and where each was read to. */
export class NodeLog {
  private readonly sources: Source[];

  /** `open` connects to the node anew. */
  constructor(
    readonly name: string,
    wanted: Wanted,
    readonly open: () => Promise<SshConnection>,
  ) {
    this.sources = [
      ...(wanted.units.length > 0 ? [new Journal(name, wanted.units)] : []),
      ...wanted.files.map((file) => new NginxLog(name, file)),
    ];
  }

  /** What is there, log by log, each in the order of its times. */
  past(connection: SshConnection, range: Range): AsyncGenerator<LogEntry>[] {
    return this.sources.map((source) => entries(source, connection.lines(source.past(range))));
  }

  /** What comes after what was read, log by log, without an end. */
  next(connection: SshConnection, range: Range): AsyncGenerator<LogEntry>[] {
    return this.sources.map((source) => entries(source, connection.lines(source.next(range))));
  }
}

async function* entries(source: Source, lines: AsyncIterable<string>): AsyncGenerator<LogEntry> {
  for await (const line of lines) {
    const entry = source.read(line);
    if (entry) yield entry;
  }
}
