import { mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { build } from "esbuild";
import { isExecutable, onPath } from "./lookup";

export interface InstalledPlugin {
  name: string;
  version: string;
  /** `stand-in` is ours; `official` was found on this machine. */
  kind: "official" | "stand-in";
}

const names = ["command", "digitalocean", "random", "tls"];
const sources = path.join(__dirname, "..", "plugins");

/**
 * Puts a plugin for each package that the program uses into a `PULUMI_HOME`: the official one if this machine has it
 * (on the PATH, or in the user's own plugin cache in the SDK's version), else our stand-in. Writes only what changed.
 */
export async function installPlugins(pulumiHome: string): Promise<InstalledPlugin[]> {
  return Promise.all(names.map((name) => install(name, pulumiHome)));
}

async function install(name: string, pulumiHome: string): Promise<InstalledPlugin> {
  const version = sdkVersion(name);
  const executable = `pulumi-resource-${name}`;
  const folder = path.join("plugins", `resource-${name}-v${version}`);
  const target = path.join(pulumiHome, folder, executable);
  mkdirSync(path.dirname(target), { recursive: true });

  const cached = path.join(process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi"), folder, executable);
  const official = [onPath(executable), cached].find(
    (file) => file !== undefined && path.resolve(file) !== target && isExecutable(file),
  );
  if (official) {
    link(official, target);
    return { name, version, kind: "official" };
  }
  write(await bundle(name), target);
  return { name, version, kind: "stand-in" };
}

/** One file that starts fast and needs nothing but Node.js. */
async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { main } from "./frame/main"; import { plugin } from "./${name}"; void main(plugin);`,
      resolveDir: sources,
    },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
    // Optional parts in C of the SSH library, which does without.
    external: ["cpu-features", "*.node"],
    write: false,
    logLevel: "error",
  });
  return outputFiles.map(({ text }) => text).join("");
}

/** The engine wants exactly the version that the SDK asks for. */
function sdkVersion(name: string): string {
  const file = require.resolve(`@pulumi/${name}/package.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function link(official: string, target: string): void {
  if (linkedTo(target) === official) return;
  rmSync(target, { force: true });
  symlinkSync(official, target);
}

function linkedTo(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}

/** A running plugin keeps the file it was started from; a new one gets all of the new file. */
function write(text: string, target: string): void {
  if (isExecutable(target) && linkedTo(target) === undefined && readFileSync(target, "utf8") === text) return;
  const partial = `${target}.${process.pid}`;
  writeFileSync(partial, text, { mode: 0o755 });
  renameSync(partial, target);
}
