import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { execa, type ExecaError } from "execa";
import { isExecutable, onPath } from "../engine/lookup";
import { cacheDir } from "../paths";

const module = path.join(__dirname, "module");
const tool = "github.com/letsencrypt/pebble/v2/cmd/pebble";

export interface Machine {
  /** Where to look for pebble and Go, as in PATH. */
  searchPath: string;
  /** Where a built pebble is kept. */
  cacheDir: string;
}

const thisMachine: Machine = {
  searchPath: [process.env.PATH, "/usr/local/go/bin", "/usr/lib/go/bin"].join(path.delimiter),
  cacheDir,
};

/**
 * The path of pebble, Let's Encrypt's test server: in the cache, or else built from its Go module, which takes seconds;
 * on the PATH where there is no Go compiler.
 * @throws Error when there is neither, or when the build fails
 */
export async function ensurePebble({ searchPath, cacheDir }: Machine = thisMachine): Promise<string> {
  const home = path.join(cacheDir, "pebble", recipe());
  const binary = path.join(home, "pebble");
  if (isExecutable(binary)) return binary;
  const go = onPath("go", searchPath);
  if (go) {
    await build(go, home);
    return binary;
  }
  const installed = onPath("pebble", searchPath);
  if (installed) return installed;
  throw new Error(
    "Neither a Go compiler nor `pebble` is on the PATH: install Go 1.25 or newer; the local cloud's issuer of certificates is built with it.",
  );
}

/** Beside its target, so that the last step is one rename: nobody ever sees half of it. */
async function build(go: string, home: string): Promise<void> {
  mkdirSync(path.dirname(home), { recursive: true });
  const partial = mkdtempSync(`${home}-building-`);
  try {
    const flags = ["-mod=readonly", "-trimpath", "-ldflags", "-s -w", "-o", path.join(partial, "pebble")];
    await execa(go, ["build", ...flags, tool], {
      cwd: module,
      // With cgo, names would be looked up by the C library.
      env: { GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" },
    });
    rmSync(home, { recursive: true, force: true });
    renameSync(partial, home);
  } catch (fault) {
    const said = String((fault as ExecaError).stderr ?? fault);
    const reason = said.trim().split("\n").slice(-5).join("\n");
    throw new Error(`Could not build pebble with ${go}: ${reason}`, { cause: fault });
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Changes when what is built does. */
function recipe(): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(module).sort()) hash.update(readFileSync(path.join(module, file)));
  return hash.digest("hex").slice(0, 12);
}
