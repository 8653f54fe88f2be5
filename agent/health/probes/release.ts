import { readFile, readlink } from "node:fs/promises";
import * as path from "node:path";

/** What tells how this node's workers are asked: which there are, and which path of the release answers. */
export interface ReleaseFiles {
  node: string;
  current: string;
}

export const releaseFiles: ReleaseFiles = { node: "/etc/trivet/node.json", current: "/srv/app/current" };

const defaultPath = "/healthz";
const requestPath = /^\/[!-~]*$/;

/** Reads a release's settings once, as they never change; which one is current, every time. */
export class Release {
  private read: { release: string; checkPath: string } | null = null;

  constructor(private readonly files: ReleaseFiles = releaseFiles) {}

  /** @throws Error when the node's file is missing or is not JSON */
  async ports(): Promise<number[]> {
    const { workers } = JSON.parse(await readFile(this.files.node, "utf8")) as { workers: { port: number }[] };
    return workers.map(({ port }) => port);
  }

  async checkPath(): Promise<string> {
    const release = await readlink(this.files.current).catch(() => null);
    if (release === null) return defaultPath;
    if (this.read?.release !== release) this.read = { release, checkPath: await this.pathOf(release) };
    return this.read.checkPath;
  }

  private async pathOf(release: string): Promise<string> {
    const file = path.resolve(path.dirname(this.files.current), release, ".trivet", "release.json");
    try {
      const { check } = JSON.parse(await readFile(file, "utf8")) as { check?: { path?: unknown } };
      return typeof check?.path === "string" && requestPath.test(check.path) ? check.path : defaultPath;
    } catch {
      // A release of an older kind has none.
      return defaultPath;
    }
  }
}
