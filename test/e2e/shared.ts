import { existsSync } from "node:fs";
import { stateDir } from "../../local/paths";
import { npmRun } from "./cluster";
import { hostSnapshot, type HostSnapshot } from "./host";

let untouched: HostSnapshot | undefined;

/** For what needs none of the cluster that is up. @throws Error where one is up; that one is somebody's, and stays */
export function noCluster(): void {
  if (existsSync(stateDir)) throw new Error(`There is a local cloud already (${stateDir}); \`npm run down\` first.`);
}

/** Before the tests make their cluster, which the last of them removes. @throws Error where one is up */
export async function beforeCluster(): Promise<void> {
  noCluster();
  untouched = await hostSnapshot();
}

/** The cluster that is up, or else one that is made now. */
export async function sharedCluster(): Promise<void> {
  if (existsSync(stateDir)) return;
  await beforeCluster();
  const { exitCode, all } = await npmRun("up");
  if (exitCode !== 0) throw new Error(all);
}

/** This host as it was before the tests' cluster. @throws Error where the cluster isn't one that the tests made */
export function hostBefore(): HostSnapshot {
  if (untouched === undefined) throw new Error("The cluster that is up is somebody's; its end is not tested.");
  return untouched;
}

/** mocha calls it at the end. TRIVET_KEEP leaves the cluster for a look. */
export async function mochaGlobalTeardown(): Promise<void> {
  if (untouched !== undefined && existsSync(stateDir) && !process.env.TRIVET_KEEP) await npmRun("down");
}
