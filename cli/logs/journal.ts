import { z } from "zod";
import { commandLine } from "../shell";
import type { LogEntry } from "./entry";
import { serviceOf } from "./services";
import type { Range, Source } from "./source";

// What is no text comes as its bytes; a field that was given twice, as a list of texts.
const field = z.union([z.string(), z.array(z.number()), z.array(z.string()), z.null()]);

const line = z.object({
  __CURSOR: z.string(),
  /** Microseconds since 1970. */
  __REALTIME_TIMESTAMP: z.string(),
  MESSAGE: field.optional(),
  /** Whom systemd itself speaks of. */
  UNIT: z.string().optional().catch(undefined),
  _SYSTEMD_UNIT: z.string().optional().catch(undefined),
});

/** What some units of a node wrote to its journal. */
export class Journal implements Source {
  private cursor: string | undefined;

  constructor(
    private readonly node: string,
    private readonly units: readonly string[],
  ) {}

  past({ since, lines }: Range): string {
    return this.command(...sinceOption(since), ...(lines === undefined ? [] : [`--lines=${lines}`]));
  }

  next({ since, lines }: Range): string {
    if (this.cursor !== undefined) return this.command("--follow", "--no-tail", `--after-cursor=${this.cursor}`);
    return this.command("--follow", ...sinceOption(since), lines === undefined ? "--no-tail" : `--lines=${lines}`);
  }

  read(text: string): LogEntry | undefined {
    const parsed = line.safeParse(json(text));
    if (!parsed.success) return undefined;
    const { __CURSOR, __REALTIME_TIMESTAMP, MESSAGE, UNIT, _SYSTEMD_UNIT } = parsed.data;
    this.cursor = __CURSOR;
    const service = serviceOf(UNIT ?? _SYSTEMD_UNIT ?? "");
    if (service === undefined) return undefined;
    return { node: this.node, time: Number(__REALTIME_TIMESTAMP) / 1000, service, message: textOf(MESSAGE) };
  }

  private command(...options: string[]): string {
    const units = this.units.map((unit) => `--unit=${unit}`);
    const fields = "--output-fields=MESSAGE,UNIT,_SYSTEMD_UNIT";
    return commandLine("journalctl", "--quiet", "--no-pager", "--output=json", "--all", fields, ...units, ...options);
  }
}

const sinceOption = (since?: Date): string[] => (since ? [`--since=@${since.getTime() / 1000}`] : []);

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: z.infer<typeof field> | undefined): string {
  if (!Array.isArray(value)) return value ?? "";
  if (value.every((part) => typeof part === "number")) return Buffer.from(value).toString();
  return value.join("\n");
}
