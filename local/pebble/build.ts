import * as path from "node:path";
import { isExecutable, onPath } from "../engine/lookup";
import { goBuild, recipe, thisMachine, whole, type GoProgram } from "../goBuild";

const pebble: GoProgram = {
  name: "pebble",
  module: path.join(__dirname, "module"),
  package: "github.com/letsencrypt/pebble/v2/cmd/pebble",
};

/**
 * The path of pebble, Let's Encrypt's test server: in the cache, or else built from its Go module, which takes seconds;
 * on the PATH where there is no Go compiler.
 * @throws Error when there is neither, or when the build fails
 */
export async function ensurePebble({ searchPath, cacheDir } = thisMachine): Promise<string> {
  const home = path.join(cacheDir, "pebble", recipe([pebble]));
  const binary = path.join(home, pebble.name);
  if (isExecutable(binary)) return binary;
  const go = onPath("go", searchPath);
  if (go) {
    await whole(home, (partial) => goBuild(go, pebble, partial));
    return binary;
  }
  const installed = onPath("pebble", searchPath);
  if (installed) return installed;
  throw new Error(
    "Neither a Go compiler nor `pebble` is on the PATH: install Go 1.25 or newer; the local cloud's issuer of certificates is built with it.",
  );
}
