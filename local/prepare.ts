import { progress, step } from "../cli/progress";
import { ensureHostPackages } from "./host";

/** What the tests need of this host beside what `npm run up` installs. */
const forTests = ["curl", "git", "openssl", "python3-venv", "shellcheck"];

progress([step("Install what this machine lacks for the tests", () => ensureHostPackages(forTests))])
  .run()
  .catch((error: unknown) => {
    console.error(`trivet: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
