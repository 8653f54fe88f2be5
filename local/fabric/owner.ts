import { mkdir, rm } from "node:fs/promises";
import { readText, writeText } from "./files";
import { type Places, runDir } from "./places";

const ownerFile = `${runDir}/owner`;

/**
 * The namespace and the address ranges are one host's, so one checkout at a time owns them.
 * @throws Error naming the other checkout's state directory
 */
export async function takeOwnership(places: Places): Promise<void> {
  await refuseOthers(places);
  await mkdir(places.root, { recursive: true, mode: 0o700 });
  await writeText(ownerFile, places.stateDir);
}

/** @throws Error when another checkout's local cloud is on this host */
export async function refuseOthers(places: Places): Promise<void> {
  if (await isOurs(places)) return;
  const owner = await readText(ownerFile);
  throw new Error(
    `local cloud: this host already runs the one of ${owner}, and has room for one; run \`npm run down\` in that checkout first`,
  );
}

/** Nobody's counts as ours: a start may have been interrupted before it wrote its name. */
export async function isOurs(places: Places): Promise<boolean> {
  const owner = await readText(ownerFile);
  return owner === undefined || owner === places.stateDir;
}

export async function giveUpOwnership(): Promise<void> {
  await rm(runDir, { recursive: true, force: true });
}
