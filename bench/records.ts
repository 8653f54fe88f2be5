import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import * as path from "node:path";
import { execa } from "execa";
import { cacheDir, projectRoot } from "../local/paths";

/** One run, kept so that many short invocations add up. */
export interface Kept {
  /** What was measured: runs of another build are not added to these. */
  build: string;
}

/** Where a benchmark's runs are kept, a line of JSON each. It outlives `npm run down`. */
export const recordsOf = (benchmark: string) => path.join(cacheDir, "bench", `${benchmark}.jsonl`);

export async function keep<T extends Kept>(record: T, file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await appendFile(file, `${JSON.stringify(record)}\n`);
}

/** All runs of a build that were kept, of this invocation and of earlier ones. */
export async function kept<T extends Kept>(build: string, file: string): Promise<T[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  const records = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
  return records.filter((record) => record.build === build);
}

/** These folders, such as those of what reaches the nodes, as one short text: the same for as long as nothing of them changes. */
export async function buildOf(folders: string[]): Promise<string> {
  const git = async (...words: string[]) => (await execa("git", words, { cwd: projectRoot })).stdout;
  const tree = await git("ls-tree", "-r", "HEAD", "--", ...folders);
  const changed = await git("status", "--porcelain", "--", ...folders);
  return createHash("sha256").update(tree).digest("hex").slice(0, 10) + (changed === "" ? "" : "-uncommitted");
}
