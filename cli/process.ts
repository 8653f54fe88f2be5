import { execFile } from "node:child_process";

export interface Finished {
  /** The exit code; -1 when a signal ended it, or it did not start. */
  code: number;
  stdout: string;
  stderr: string;
  /** When there is no such command on PATH. */
  missing: boolean;
}

/** Runs a command to its end with nothing on its standard input. `env` is added to this process's own. Never rejects. */
export function run(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 512 * 1024 * 1024 };
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === "number" ? error.code : -1) : 0;
      resolve({ code, stdout, stderr, missing: error?.code === "ENOENT" });
    });
    child.stdin?.end();
  });
}
