import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import * as path from "node:path";
import { existingGroups, killGroup, pidsOf, removeGroup } from "./cgroup";
import { dropUnwritten } from "./disk";
import { run } from "./host";
import { networkLeftovers, removeNetwork } from "./network";
import { giveUpOwnership, isOurs, refuseOthers } from "./owner";
import { type Places, runDir } from "./places";

/**
 * Removes all that this fabric made on the host. It asks the kernel, not the books, so that it also cleans up after a
 * start that was interrupted or processes that died; what is not there is no fault.
 * @throws Error when another checkout's local cloud is on this host
 */
export async function teardown(places: Places): Promise<void> {
  await refuseOthers(places);
  // A frozen disk would keep its writers from dying.
  for (const disk of (await mountsOf(places)).filter(isDisk)) await dropUnwritten(disk);
  await killGroup();
  for (const target of await mountsOf(places)) await run("umount", [target]);
  for (const device of await loopsOf(places)) await run("losetup", ["-d", device]);
  await removeNetwork();
  await removeGroup();
  await rm(places.root, { recursive: true, force: true });
  await giveUpOwnership();
}

/** What is still there of this fabric, a line each; empty after a teardown, and when the host's cloud is another's. */
export async function leftovers(places: Places): Promise<string[]> {
  const own = [
    ...(await mountsOf(places)).map((target) => `mount ${target}`),
    ...(await loopsOf(places)).map((device) => `loop device ${device}`),
    ...[places.root].filter((file) => existsSync(file)).map((file) => `files in ${file}`),
  ];
  if (!(await isOurs(places))) return own;
  return [
    ...(await pidsOf()).map((pid) => `process ${pid}`),
    ...(await networkLeftovers()),
    ...(await existingGroups()).map((dir) => `control group ${dir}`),
    ...[runDir].filter((file) => existsSync(file)).map((file) => `files in ${file}`),
    ...own,
  ];
}

/** Innermost first. */
async function mountsOf(places: Places): Promise<string[]> {
  const table = await readFile("/proc/self/mountinfo", "utf8");
  const targets = table.split("\n").map((line) => unescape(line.split(" ")[4] ?? ""));
  return targets.filter((target) => target.startsWith(`${places.root}/`)).reverse();
}

const isDisk = (target: string) => path.basename(target) === "disk";

/** mountinfo writes blanks and backslashes as octal numbers. */
const unescape = (text: string) =>
  text.replace(/\\(\d{3})/g, (_match, octal: string) => String.fromCharCode(parseInt(octal, 8)));

async function loopsOf(places: Places): Promise<string[]> {
  const listing = await run("losetup", ["--list", "--json", "--output", "NAME,BACK-FILE"]);
  if (listing.trim() === "") return [];
  const { loopdevices } = JSON.parse(listing) as { loopdevices: { name: string; "back-file": string | null }[] };
  return loopdevices.filter((loop) => loop["back-file"]?.startsWith(`${places.root}/`)).map((loop) => loop.name);
}
