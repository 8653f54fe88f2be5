import { existsSync } from "node:fs";
import { stateDir } from "../../local/paths";
import { npmRun } from "./cluster";

let made = false;

/** The cluster that is up, or else one that is made now, and removed when the last test has run. */
export async function sharedCluster(): Promise<void> {
  if (existsSync(stateDir)) return;
  made = true;
  const { exitCode, all } = await npmRun("up");
  if (exitCode !== 0) throw new Error(all);
}

/** mocha calls it at the end. TRIVET_KEEP leaves the cluster for a look. */
export async function mochaGlobalTeardown(): Promise<void> {
  if (made && !process.env.TRIVET_KEEP) await npmRun("down");
}
