import { readFileSync } from "node:fs";
import * as path from "node:path";
import { openSsh } from "../openSsh";
import { commandLine } from "../shell";
import type { SshTarget } from "../ssh";

type Script = "run" | "psql" | "redis";

/**
 * Runs one of the scripts in on-node/ on a node, with this process's own standard input and outputs, and resolves to its
 * exit code. Its first argument says whether there is a terminal at both ends: "terminal" or "pipe".
 */
export function session(target: SshTarget, script: Script, words: readonly string[]): Promise<number> {
  const terminal = process.stdin.isTTY && process.stdout.isTTY;
  return openSsh(target, [sessionCommand(script, terminal, words)], { terminal });
}

/** As one word: ssh would join several with spaces, for a shell to take apart again. */
export function sessionCommand(script: Script, terminal: boolean, words: readonly string[]): string {
  const text = readFileSync(path.join(__dirname, "on-node", `${script}.sh`), "utf8");
  return commandLine("bash", "-c", text, script, terminal ? "terminal" : "pipe", ...words);
}
