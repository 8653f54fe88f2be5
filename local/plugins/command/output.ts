import { StringDecoder } from "node:string_decoder";
import type { Call } from "../frame/resource";

export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

// Long enough for any log line; a longer one is shown in pieces.
const longestLine = 16 * 1024;

/** Collects what a command writes, and shows it to the user line by line as it comes. */
export class Output {
  private readonly both: Buffer[] = [];
  readonly stdout: Stream;
  readonly stderr: Stream;

  constructor(call: Call, logging: Logging = "stdoutAndStderr") {
    const show = (line: string) => call.log(line);
    const shown = (name: Logging) => (logging === name || logging === "stdoutAndStderr" ? show : undefined);
    this.stdout = new Stream(this.both, shown("stdout"));
    this.stderr = new Stream(this.both, shown("stderr"));
  }

  /** Everything in the order in which it came. */
  toString(): string {
    return Buffer.concat(this.both).toString();
  }

  /** What the state keeps: without the last line's end. */
  trimmed(): { stdout: string; stderr: string } {
    return { stdout: this.stdout.trimmed(), stderr: this.stderr.trimmed() };
  }
}

class Stream {
  private readonly chunks: Buffer[] = [];
  private readonly decoder = new StringDecoder();
  private line = "";

  constructor(
    private readonly both: Buffer[],
    private readonly show: ((line: string) => void) | undefined,
  ) {}

  write(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.both.push(chunk);
    if (!this.show) return;
    const lines = (this.line + this.decoder.write(chunk)).split("\n");
    this.line = lines.pop() as string;
    lines.forEach(this.show);
    if (this.line.length > longestLine) this.end();
  }

  /** Shows a last line that has no end. */
  end(): void {
    if (this.show && this.line) this.show(this.line);
    this.line = "";
  }

  trimmed(): string {
    return Buffer.concat(this.chunks).toString().replace(/\n$/, "");
  }
}
