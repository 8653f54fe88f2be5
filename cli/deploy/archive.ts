import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { create } from "tar";

/** Packs the files once for all nodes, hands the archive's path to `use`, and removes it afterwards. */
export async function withArchive<T>(
  directory: string,
  files: readonly string[],
  use: (archive: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "trivet-deploy-"));
  try {
    const archive = path.join(folder, "release.tar.gz");
    // "./" keeps a name that starts with @ from being read as another archive's.
    const names = files.map((file) => `./${file}`);
    await create({ gzip: true, portable: true, cwd: directory, file: archive }, names);
    return await use(archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
