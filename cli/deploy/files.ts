import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import * as path from "node:path";
import { run } from "../process";

const neverShipped = new Set([".git", "node_modules"]);
/** Where a release keeps what a deploy adds to the application's own files. */
export const ownFolder = ".trivet";

/**
 * The files that a release consists of, relative and sorted: what git would keep, or, without git, everything; and
 * `include`, folders and files that git ignores. Never .git, node_modules and the folder .trivet.
 */
export async function releaseFiles(directory: string, include: readonly string[] = []): Promise<string[]> {
  const kept = await keptByGit(directory);
  const files = kept.length > 0 ? kept : walk(directory, "");
  const further = include.flatMap((name) => {
    const stat = lstatSync(path.join(directory, name), { throwIfNoEntry: false });
    return stat?.isDirectory() ? walk(directory, name) : stat ? [name] : [];
  });
  return [...new Set([...files, ...further])]
    .filter((file) => !file.split("/").some((part) => neverShipped.has(part)) && !file.startsWith(`${ownFolder}/`))
    .sort();
}

/** In bytes. */
export function sizeOf(directory: string, files: readonly string[]): number {
  return files.reduce((sum, file) => sum + lstatSync(path.join(directory, file)).size, 0);
}

async function keptByGit(directory: string): Promise<string[]> {
  const git = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: directory });
  if (git.code !== 0) return [];
  // A file that was deleted but not committed so is still in the index.
  return [...new Set(git.stdout.split("\0"))].filter((file) => file !== "" && isShipped(path.join(directory, file)));
}

function walk(directory: string, below: string): string[] {
  return readdirSync(path.join(directory, below), { withFileTypes: true }).flatMap((entry) => {
    const name = below ? `${below}/${entry.name}` : entry.name;
    if (neverShipped.has(entry.name)) return [];
    if (entry.isDirectory()) return walk(directory, name);
    return isShipped(path.join(directory, name)) ? [name] : [];
  });
}

function isShipped(file: string): boolean {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat !== undefined && (stat.isFile() || stat.isSymbolicLink());
}

/**
 * The same for the same names, contents and executable bits, whenever and wherever they were written. `own`: what the
 * deploy adds, by its path in the release.
 */
export function contentHash(directory: string, files: readonly string[], own: Record<string, string> = {}): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(own).sort()) {
    const content = Buffer.from(own[name] ?? "");
    hash.update(`own\0${name}\0${content.length}\0`).update(content);
  }
  for (const file of files) {
    const full = path.join(directory, file);
    const stat = lstatSync(full);
    const content = stat.isSymbolicLink() ? Buffer.from(readlinkSync(full)) : readFileSync(full);
    const kind = stat.isSymbolicLink() ? "link" : stat.mode & 0o100 ? "program" : "file";
    hash.update(`${kind}\0${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}
