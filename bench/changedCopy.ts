import { appendFile, cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";

/** Works on a copy of an application whose main file has one more line, so that it is another release; then removes it. */
export async function withChangedCopy<T>(
  application: string,
  line: string,
  work: (copy: string) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(path.join(tmpdir(), "trivet-bench-"));
  const copy = path.join(home, path.basename(application));
  try {
    await cp(application, copy, { recursive: true, verbatimSymlinks: true });
    // As a repository of its own, it ships what it would ship from where it lies.
    await execa("git", ["init", "--quiet"], { cwd: copy });
    const { main } = JSON.parse(await readFile(path.join(copy, "package.json"), "utf8")) as { main: string };
    await appendFile(path.join(copy, main), `\n${line}\n`);
    return await work(copy);
  } finally {
    await rm(home, { recursive: true });
  }
}
