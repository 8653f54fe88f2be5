import { existsSync } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { run, succeeds } from "./host";
import type { Places } from "./places";

type MachinePlaces = ReturnType<Places["machine"]>;

/** A disk of its own for each machine: as large as the droplet's, and only what is written takes room on the host. */
export async function makeDisk(place: MachinePlaces, diskGiB: number): Promise<void> {
  if (existsSync(place.diskImage)) return;
  const draft = `${place.diskImage}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, "w", 0o600);
  await file.truncate(diskGiB * 1024 ** 3);
  await file.close();
  await run("mkfs.ext4", [
    "-q",
    "-m",
    "0",
    "-E",
    "lazy_itable_init=1,lazy_journal_init=1,nodiscard",
    "-L",
    "root",
    draft,
  ]);
  await run("mv", [draft, place.diskImage]);
}

/** Mounts the disk, and over it the image as the machine's root, where they are not mounted yet. */
export async function mountDisk(place: MachinePlaces, imageRoot: string): Promise<void> {
  await mkdir(place.disk, { recursive: true });
  await mkdir(place.root, { recursive: true });
  if (!(await isMounted(place.disk))) await run("mount", ["-o", "loop,noatime", place.diskImage, place.disk]);
  if (await isMounted(place.root)) return;
  const upper = `${place.disk}/upper`;
  const work = `${place.disk}/work`;
  await mkdir(upper, { recursive: true });
  await mkdir(work, { recursive: true });
  const layers = `lowerdir=${imageRoot},upperdir=${upper},workdir=${work}`;
  await run("mount", ["-t", "overlay", "-o", layers, "overlay", place.root]);
}

/** Unmounts what is mounted, innermost first; the loop device goes with the last mount of its file. */
export async function unmountDisk(place: MachinePlaces): Promise<void> {
  for (const target of [place.root, place.disk]) {
    if (await isMounted(target)) await run("umount", [target]);
  }
}

const isMounted = (target: string) => succeeds("mountpoint", ["-q", target]);
