import { readFileSync } from "node:fs";
import * as path from "node:path";
import { commandLine } from "../shell";
import type { LogEntry } from "./entry";
import type { Range, Source } from "./source";

// The first time in a line: 2026-11-21T07:45:00+00:00 in the access log, 2026/11/21 07:45:00 in the error log.
const timestamp = /(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?/;

/** One of nginx' own files on a node, whose clock shows UTC. */
export class NginxLog implements Source {
  /** The time of the last line, and how many lines had it. */
  private last: { time: number; count: number } | undefined;
  /** What the running command repeats of what was read before. */
  private known: { time: number; count: number } | undefined;

  constructor(
    private readonly node: string,
    private readonly file: string,
  ) {}

  past({ since, lines }: Range): string {
    return this.command("past", since, lines);
  }

  next({ since, lines }: Range): string {
    this.known = this.last && { ...this.last };
    return this.last ? this.command("next", new Date(this.last.time)) : this.command("next", since, lines);
  }

  read(line: string): LogEntry | undefined {
    const time = timeOf(line) ?? this.last?.time;
    if (time === undefined || this.wasRead(time)) return undefined;
    this.last = { time, count: this.last?.time === time ? this.last.count + 1 : 1 };
    return { node: this.node, time, service: "nginx", message: line };
  }

  private wasRead(time: number): boolean {
    const { known } = this;
    if (known && (time < known.time || (time === known.time && known.count-- > 0))) return true;
    this.known = undefined;
    return false;
  }

  private command(mode: "past" | "next", since?: Date, lines?: number): string {
    const text = readFileSync(path.join(__dirname, "on-node", "file.sh"), "utf8");
    const from = since ? String(Math.floor(since.getTime() / 1000)) : "-";
    return commandLine("bash", "-c", text, "file", mode, this.file, from, String(lines ?? "-"));
  }
}

/** When a line of nginx' was written, in milliseconds since 1970. */
export function timeOf(line: string): number | undefined {
  const [, year, month, day, time, zone = "Z"] = timestamp.exec(line) ?? [];
  return year === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${time}${zone}`);
}
