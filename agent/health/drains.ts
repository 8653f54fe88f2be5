import { mkdir, open, readdir, rm } from "node:fs/promises";
import * as path from "node:path";

/** Where drains are kept, one empty file each, named by who wants it. */
export interface DrainFolders {
  /** On disk: for good. */
  lasting: string;
  /** In memory: until the next boot. */
  untilBoot: string;
}

export const drainFolders: DrainFolders = { lasting: "/var/lib/trivet/drains", untilBoot: "/run/trivet/drains" };

const name = /^[a-z0-9-]{1,30}$/;

/** Who wants this node out of rotation. Files, so that they outlive the agent, and a script can leave one without it. */
export class Drains {
  constructor(private readonly folders: DrainFolders = drainFolders) {}

  /** Resolves when it will be found again. @throws Error when `by` is no name */
  async add(by: string, lasting: boolean): Promise<void> {
    const folder = lasting ? this.folders.lasting : this.folders.untilBoot;
    await mkdir(folder, { recursive: true });
    await synced(path.join(folder, checked(by)), "a");
    await synced(folder, "r");
  }

  /** Of either kind; one that is not there is no fault. @throws Error when `by` is no name */
  async remove(by: string): Promise<void> {
    checked(by);
    for (const folder of Object.values(this.folders) as string[]) {
      await rm(path.join(folder, by), { force: true });
      await synced(folder, "r").catch(ignoreMissing);
    }
  }

  readonly lasting = (): Promise<string[]> => names(this.folders.lasting);
  readonly untilBoot = (): Promise<string[]> => names(this.folders.untilBoot);

  /** All of them, each once. */
  async all(): Promise<string[]> {
    return together(await this.lasting(), await this.untilBoot());
  }
}

/** In one order, each once. */
export const together = (...lists: string[][]): string[] => [...new Set(lists.flat())].sort();

function checked(by: string): string {
  if (name.test(by)) return by;
  throw new Error(`A drain's name is ${JSON.stringify(by)}; wanted 1 to 30 lower-case letters, digits and dashes.`);
}

async function names(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(ignoreMissing);
  return (files ?? []).filter((file) => name.test(file));
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

async function synced(file: string, flags: string): Promise<void> {
  const handle = await open(file, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
