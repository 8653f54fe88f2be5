import { mkdir, rm } from "node:fs/promises";
import { projectRoot } from "../paths";
import { readText, writeText } from "./books";
import { type Places, runDir } from "./places";

const ownerFile = `${runDir}/owner`;

/**
 * The namespace and the address ranges are one host's, so one checkout at a time owns them.
 * @throws Error naming the other checkout's state directory
 */
export async function takeOwnership(places: Places): Promise<void> {
  await refuseOthers(places);
  await mkdir(places.root, { recursive: true, mode: 0o700 });
  await writeText(ownerFile, places.root);
}

/** @throws Error when another checkout's local cloud is on this host */
export async function refuseOthers(places: Places): Promise<void> {
  const owner = await readText(ownerFile);
  if (owner !== undefined && owner !== places.root) {
    throw new Error(
      `local cloud: this host already runs the one of ${owner}; run \`npm run down\` in that checkout before ${projectRoot} can have its own`,
    );
  }
}

export async function giveUpOwnership(): Promise<void> {
  await rm(runDir, { recursive: true, force: true });
}
