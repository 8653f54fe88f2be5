import { progress, step } from "../cli/progress";
import { ensureEngine } from "./engine";
import { hostFabric } from "./fabric";
import { ensureHostPackages } from "./host";
import { paths } from "./paths";

/** What the tests need of this host beside what `npm run up` installs. */
const forTests = ["git", "openssl", "python3-venv", "shellcheck"];

/** Makes ahead of the tests what takes minutes on a machine that has nothing of ours, so that no test waits for it. */
const steps = [
  step("Install what this machine lacks for the tests", () => ensureHostPackages(forTests)),
  step("Make Pulumi's engine", async (report) => void (await ensureEngine(report))),
  step("Make the machines' image", () => hostFabric(paths.cloud).prepare()),
];

progress(steps)
  .run()
  .catch((error: unknown) => {
    console.error(`trivet: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
