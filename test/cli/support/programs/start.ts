import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { text } from "node:stream/consumers";

/** Starts a program of this folder as a process of its own. */
export function start(name: string, ...words: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ["--import=tsx", path.join(__dirname, `${name}.ts`), ...words]);
}

/** Its exit code, null when a signal ended it, and all that it wrote after this call. */
export async function endOf(child: ChildProcessWithoutNullStreams) {
  const [, stdout, stderr] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code: child.exitCode, stdout, stderr };
}
