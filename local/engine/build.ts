import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { goBuild, recipe, thisMachine, whole, type GoProgram } from "../goBuild";
import { isExecutable, onPath } from "./lookup";

export interface Engine {
  /** Holds `pulumi` and `pulumi-language-nodejs`. */
  binDir: string;
  /** Whether this call built it. */
  built: boolean;
}

const modules = path.join(__dirname, "modules");
/** Keep it in step with the SDK, @pulumi/pulumi. */
const version = "3.259.0";

const binaries: GoProgram[] = [
  {
    name: "pulumi-language-nodejs",
    module: path.join(modules, "language-nodejs"),
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  },
  {
    name: "pulumi",
    module: path.join(modules, "pulumi"),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  },
];

/**
 * This language host is older than the engine: it takes the options of Pulumi.yaml's runtime as flags, and the engine
 * no longer passes any. These are the project's own; without them ts-node would compile and check the program each time.
 */
const languageHostWrapper = `#!/bin/sh
exec "$(dirname "$0")/../libexec/pulumi-language-nodejs" -typescript=false -nodeargs="--import tsx" "$@"
`;

/**
 * Finds the Pulumi engine and its Node.js language host: on the PATH, in the cache, or else builds them from their Go
 * modules, which takes minutes. `report` gets a line now and then that says what is being done.
 * @throws when there is neither an engine nor a Go compiler, or when the build fails.
 */
export async function ensureEngine(report: (line: string) => void, machine = thisMachine): Promise<Engine> {
  const { searchPath } = machine;
  const installed = onPath("pulumi", searchPath);
  if (installed && onPath("pulumi-language-nodejs", searchPath))
    return { binDir: path.dirname(installed), built: false };

  const versionDir = path.join(machine.cacheDir, "engine", version, recipe(binaries, languageHostWrapper));
  const binDir = path.join(versionDir, "bin");
  if (binaries.every(({ name }) => isExecutable(path.join(binDir, name)))) return { binDir, built: false };

  const go = onPath("go", searchPath);
  if (!go) {
    throw new Error(
      "Neither `pulumi` with `pulumi-language-nodejs` nor a Go compiler is on the PATH: " +
        "install Pulumi (https://www.pulumi.com/docs/install/) or Go 1.25 or newer.",
    );
  }
  await whole(versionDir, async (partial) => {
    const built = path.join(partial, "bin");
    for (const dir of ["bin", "libexec"]) mkdirSync(path.join(partial, dir));
    for (const binary of binaries) await build(go, binary, built, report);
    renameSync(path.join(built, "pulumi-language-nodejs"), path.join(partial, "libexec", "pulumi-language-nodejs"));
    writeFileSync(path.join(built, "pulumi-language-nodejs"), languageHostWrapper, { mode: 0o755 });
  });
  return { binDir, built: true };
}

async function build(go: string, binary: GoProgram, into: string, report: (line: string) => void): Promise<void> {
  const started = Date.now();
  report(`building ${binary.name} from its Go modules; the first time takes some minutes`);
  await goBuild(go, binary, into, `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`);
  report(`built ${binary.name} in ${Math.round((Date.now() - started) / 1000)} s`);
}
