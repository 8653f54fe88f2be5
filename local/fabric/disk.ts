import { existsSync } from "node:fs";
import { mkdir, open, rm, stat } from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run, succeeds } from "./host";
import type { Places } from "./places";

export type MachinePlaces = ReturnType<Places["machine"]>;

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

/**
 * Makes what is unmounted here be unmounted everywhere. Every machine begins with a copy of the host's mounts, the other
 * machines' disks too, and would else hold them for ever, wherever the host does not share its own mounts.
 */
export async function shareMounts(machines: string): Promise<void> {
  await mkdir(machines, { recursive: true });
  if (!(await isMounted(machines))) await run("mount", ["--bind", "--make-shared", machines, machines]);
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

/** Unmounts what is mounted, innermost first, and waits until the kernel has let go of the disk. */
export async function unmountDisk(place: MachinePlaces): Promise<void> {
  if (await isMounted(place.root)) await run("umount", [place.root]);
  if (await isMounted(place.disk)) {
    // A frozen filesystem would stay in the kernel for ever, without a path by which to thaw it.
    await thawDisk(place.disk);
    await run("umount", [place.disk]);
  }
  // The loop device goes with the last mount of its file; a new mount before that would be of the old filesystem.
  for (let patience = 200; await isInUse(place.diskImage); patience--) {
    if (patience === 0) throw new Error(`local cloud: ${place.diskImage} is still in use after it was unmounted`);
    await sleep(50);
  }
}

const isInUse = async (image: string) =>
  existsSync(image) && (await run("losetup", ["--associated", image])).trim() !== "";

/** Holds every write from now on; what was written before is on the disk. Frozen already is no fault. */
export const freezeDisk = (disk: string) => filesystem("freeze", disk);

/** Lets the held writes go on. Not frozen is no fault. */
export const thawDisk = (disk: string) => filesystem("thaw", disk);

/**
 * Forgets all that no fsync, sync or the kernel itself has brought to the disk, as a power cut does. From then on every
 * access fails, until the disk is unmounted and mounted again.
 */
export const dropUnwritten = (disk: string) => filesystem("drop", disk);

/** A file beside the machine's own, which it cannot see. */
const filler = (place: MachinePlaces) => path.join(place.disk, "filler");

/**
 * Takes every free block of the disk, which needs no room on the host.
 * @throws Error when the disk is frozen
 */
export async function fillDisk(place: MachinePlaces): Promise<void> {
  await filesystem("settle", place.disk);
  const size = async () => (existsSync(filler(place)) ? (await stat(filler(place))).size : 0);
  // What does not fit is taken as far as it fits; the smaller steps find what became free meanwhile.
  for (let bytes = 1024 ** 4; bytes >= 4096;) {
    const range = ["--offset", String(await size()), "--length", String(bytes)];
    if (!(await succeeds("fallocate", [...range, filler(place)]))) bytes /= 2;
  }
  await filesystem("settle", place.disk);
}

/** @throws Error when the disk is frozen */
export async function unfillDisk(place: MachinePlaces): Promise<void> {
  await filesystem("settle", place.disk);
  await rm(filler(place), { force: true });
  await filesystem("settle", place.disk);
}

const filesystem = (action: "freeze" | "thaw" | "settle" | "drop", disk: string) =>
  run("perl", [path.join(__dirname, "filesystem.pl"), action, disk]);

export const isMounted = (target: string) => succeeds("mountpoint", ["-q", target]);
