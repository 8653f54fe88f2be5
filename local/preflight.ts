import { apiRunning } from "./api/daemon";
import { portHolder } from "./api/portHolder";
import { refuseOthers } from "./fabric/owner";
import { Places } from "./fabric/places";
import { apiPort, paths } from "./paths";

/**
 * Whether this host has room for the local cloud, asked before anything is touched.
 * @throws Error with everything that stands in the way
 */
export async function preflight(): Promise<void> {
  const faults = [await portFault(), await ownerFault()].filter((fault) => fault !== undefined);
  if (faults.length > 0) throw new Error(faults.join("\ntrivet: "));
}

async function portFault(): Promise<string | undefined> {
  const holder = portHolder(apiPort);
  if (holder === undefined || (await apiRunning())) return undefined;
  return `port ${apiPort} on 127.0.0.1 is in use by ${holder}; the local cloud's API needs it. Stop that process first.`;
}

async function ownerFault(): Promise<string | undefined> {
  try {
    await refuseOthers(new Places(paths.cloud));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
