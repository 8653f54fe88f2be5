import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { execa, type ExecaError } from "execa";
import { cacheDir } from "../paths";
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

const binaries = [
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

export interface Machine {
  /** Where to look for Pulumi and Go, as in PATH. */
  searchPath: string;
  /** Where a built engine is kept. */
  cacheDir: string;
}

const thisMachine: Machine = {
  searchPath: [process.env.PATH, "/usr/local/go/bin", "/usr/lib/go/bin"].join(path.delimiter),
  cacheDir,
};

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

  const versionDir = path.join(machine.cacheDir, "engine", version, recipe());
  const binDir = path.join(versionDir, "bin");
  if (binaries.every(({ name }) => isExecutable(path.join(binDir, name)))) return { binDir, built: false };

  const go = onPath("go", searchPath);
  if (!go) {
    throw new Error(
      "Neither `pulumi` with `pulumi-language-nodejs` nor a Go compiler is on the PATH: " +
        "install Pulumi (https://www.pulumi.com/docs/install/) or Go 1.25 or newer.",
    );
  }
  // Beside its target, so that the last step is one rename: nobody ever sees half an engine.
  mkdirSync(path.dirname(versionDir), { recursive: true });
  const partial = mkdtempSync(`${versionDir}-building-`);
  try {
    const built = path.join(partial, "bin");
    for (const dir of ["bin", "libexec"]) mkdirSync(path.join(partial, dir));
    for (const binary of binaries) await build(go, binary, built, report);
    renameSync(path.join(built, "pulumi-language-nodejs"), path.join(partial, "libexec", "pulumi-language-nodejs"));
    writeFileSync(path.join(built, "pulumi-language-nodejs"), languageHostWrapper, { mode: 0o755 });
    rmSync(versionDir, { recursive: true, force: true });
    renameSync(partial, versionDir);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return { binDir, built: true };
}

async function build(
  go: string,
  binary: (typeof binaries)[number],
  into: string,
  report: (line: string) => void,
): Promise<void> {
  const started = Date.now();
  report(`building ${binary.name} from its Go modules; the first time takes some minutes`);
  const versionFlag = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  try {
    await execa(
      go,
      [
        "build",
        "-mod=readonly",
        "-trimpath",
        "-ldflags",
        `-s -w ${versionFlag}`,
        "-o",
        path.join(into, binary.name),
        binary.package,
      ],
      { cwd: binary.module, env: { GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" } },
    );
  } catch (fault) {
    const said = (fault as ExecaError).stderr ?? fault;
    throw new Error(`Could not build ${binary.name} with ${go}: ${lastLines(String(said), 5)}`, { cause: fault });
  }
  report(`built ${binary.name} in ${Math.round((Date.now() - started) / 1000)} s`);
}

/** Changes when what is built does. */
function recipe(): string {
  const hash = createHash("sha256").update(languageHostWrapper);
  for (const { module } of binaries) {
    for (const file of readdirSync(module).sort()) hash.update(readFileSync(path.join(module, file)));
  }
  return hash.digest("hex").slice(0, 12);
}

function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n");
}
