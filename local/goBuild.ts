import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { execa, type ExecaError } from "execa";
import { cacheDir } from "./paths";

/** Where programs are found, and where those that are built from their Go modules are kept. */
export interface Machine {
  /** Where to look for a program that is installed, and for Go, as in PATH. */
  searchPath: string;
  /** Where a built program is kept. */
  cacheDir: string;
}

export const thisMachine: Machine = {
  searchPath: [process.env.PATH, "/usr/local/go/bin", "/usr/lib/go/bin"].join(path.delimiter),
  cacheDir,
};

/** A program, the folder of the module that pins it, and its package. */
export interface GoProgram {
  name: string;
  module: string;
  package: string;
}

/**
 * Builds a program into the folder `into`, under its name.
 * @param setting for the linker, such as `-X VARIABLE=VALUE`
 * @throws Error with the compiler's last lines
 */
export async function goBuild(go: string, program: GoProgram, into: string, setting = ""): Promise<void> {
  const flags = ["-mod=readonly", "-trimpath", "-ldflags", `-s -w ${setting}`.trim()];
  try {
    await execa(go, ["build", ...flags, "-o", path.join(into, program.name), program.package], {
      cwd: program.module,
      // With cgo, names would be looked up by the C library.
      env: { GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" },
    });
  } catch (fault) {
    const said = String((fault as ExecaError).stderr ?? fault);
    const reason = said.trim().split("\n").slice(-5).join("\n");
    throw new Error(`Could not build ${program.name} with ${go}: ${reason}`, { cause: fault });
  }
}

/** Fills a folder beside `home` and puts it there by one rename: nobody ever sees half of it. */
export async function whole(home: string, fill: (partial: string) => Promise<void>): Promise<void> {
  mkdirSync(path.dirname(home), { recursive: true });
  const partial = mkdtempSync(`${home}-building-`);
  try {
    await fill(partial);
    rmSync(home, { recursive: true, force: true });
    renameSync(partial, home);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Changes when what is built does: a digest of the modules' files, and of what else goes into it. */
export function recipe(programs: Pick<GoProgram, "module">[], more = ""): string {
  const hash = createHash("sha256").update(more);
  for (const { module } of programs) {
    for (const file of readdirSync(module).sort()) hash.update(readFileSync(path.join(module, file)));
  }
  return hash.digest("hex").slice(0, 12);
}
