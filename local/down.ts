import { rm } from "node:fs/promises";
import { progress, step } from "../cli/progress";
import { stopApi } from "./api/daemon";
import { hostFabric } from "./fabric";
import { forgetDomains } from "./hosts";
import { cacheDir, paths, stateDir } from "./paths";

/** `npm run down`: removes everything that `npm run up` made on this host. With --cache, what it downloaded and built too. */
async function down(withCache: boolean): Promise<void> {
  const fabric = hostFabric(paths.cloud);
  const steps = [
    step("Stop the API", () => stopApi()),
    step("Remove machines, networks and balancers", () => fabric.teardown()),
    step("Forget the domains", () => forgetDomains()),
    step("Remove the stack's state", async () => {
      const left = await fabric.leftovers();
      if (left.length > 0) throw new Error(`something is left that could not be removed:\n${left.join("\n")}`);
      await rm(stateDir, { recursive: true, force: true });
    }),
  ];
  if (withCache) steps.push(step("Remove the cache", () => rm(cacheDir, { recursive: true, force: true })));
  await progress(steps).run();
}

down(process.argv.includes("--cache")).catch((error: unknown) => {
  console.error(`trivet: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
