import { execa } from "execa";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { engineEnvironment, ensureEngine, installPlugins } from "./engine";
import { paths, projectRoot } from "./paths";

export const stackName = "local";

/**
 * It goes with the encryptionsalt of the committed Pulumi.local.yaml, so that making the stack changes no committed file.
 * A random one would guard nothing: it would lie beside the state that it encrypts, readable by root alone as that is.
 */
const passphrase = "local";

/** Makes what `pulumi` needs for the local stack where it is missing: engine, plugins, backend, passphrase. */
export async function prepareEngine(report: (line: string) => void): Promise<void> {
  await mkdir(paths.backend, { recursive: true, mode: 0o700 });
  await writeFile(paths.passphrase, passphrase, { mode: 0o600 });
  await ensureEngine(report);
  await installPlugins(paths.pulumiHome);
}

/** The environment in which `pulumi` works on the local stack, once the local cloud runs. */
export async function stackEnvironment(): Promise<Record<string, string>> {
  const { binDir } = await ensureEngine(() => undefined);
  return engineEnvironment(binDir);
}

/** Runs `pulumi` on the local stack, its output shown as it comes. @throws Error when it fails. */
export async function pulumi(environment: Record<string, string>, ...args: string[]): Promise<void> {
  const { exitCode } = await execa("pulumi", [...args, "--stack", stackName], {
    cwd: projectRoot,
    env: environment,
    stdio: "inherit",
    reject: false,
  });
  if (exitCode !== 0)
    throw new Error(`pulumi ${args[0]} failed; the lines above say why. \`npm run up\` goes on from there.`);
}

/** The stack's outputs, without its secrets. */
export async function outputs(environment: Record<string, string>): Promise<Record<string, unknown>> {
  const { stdout } = await execa("pulumi", ["stack", "output", "--json", "--stack", stackName], {
    cwd: projectRoot,
    env: environment,
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Makes the stack in the backend if it is not there; leaves the committed Pulumi.local.yaml as it is. */
export async function selectStack(environment: Record<string, string>): Promise<void> {
  const known = await execa("pulumi", ["stack", "ls", "--json"], { cwd: projectRoot, env: environment });
  const names = (JSON.parse(known.stdout) as { name: string }[]).map(({ name }) => name);
  if (!names.includes(stackName))
    await execa("pulumi", ["stack", "init", stackName], { cwd: projectRoot, env: environment });
}

/** Takes back the lock of a `pulumi` that was killed, so that the next one can go on; that of a living one stays. */
export async function breakStaleLock(environment: Record<string, string>): Promise<void> {
  const locks = path.join(paths.backend, ".pulumi", "locks");
  for (const file of existsSync(locks) ? await readdir(locks, { recursive: true, withFileTypes: true }) : []) {
    if (!file.name.endsWith(".json")) continue;
    const { pid } = JSON.parse(await readFile(path.join(file.parentPath, file.name), "utf8")) as { pid: number };
    if (existsSync(`/proc/${pid}`)) return;
    await execa("pulumi", ["cancel", "--yes", "--stack", stackName], { cwd: projectRoot, env: environment });
    return;
  }
}
