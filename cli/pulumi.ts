import { lastLines, UserError } from "./errors";
import { run } from "./process";
import { projectRoot } from "./project";

/** The stack whose engine, backend and cloud are this checkout's own. */
export const localStack = "local";

/** Runs `pulumi ARGS --stack STACK` in the project and resolves to its standard output. */
export async function pulumi(stack: string, ...args: string[]): Promise<string> {
  const result = await run("pulumi", [...args, "--stack", stack, "--non-interactive"], {
    cwd: projectRoot,
    env: stack === localStack ? await localEnvironment() : {},
  });
  if (result.code === 0) return result.stdout;
  if (result.missing) {
    throw new UserError(`The command "pulumi" is not on PATH; install it (https://www.pulumi.com/docs/install/).`);
  }
  throw pulumiFault(stack, args, `${result.stderr}\n${result.stdout}`);
}

/** The sentence for what pulumi said when it failed. */
export function pulumiFault(stack: string, args: readonly string[], said: string): UserError {
  if (/no stack named/.test(said)) {
    const remedy =
      stack === localStack
        ? `run "npm run up" to make it`
        : `"pulumi stack ls" lists those there are, "-s STACK" or TRIVET_STACK chooses one`;
    return new UserError(`There is no stack "${stack}" in this backend; ${remedy}.`);
  }
  if (/passphrase must be set|incorrect passphrase/.test(said)) {
    return new UserError(
      `The secrets of stack "${stack}" need their passphrase; set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.`,
    );
  }
  return new UserError(
    `"pulumi ${args.slice(0, 2).join(" ")}" failed for stack "${stack}"; its last lines are below.`,
    lastLines(said.trim()),
  );
}

/**
 * What makes the plain `pulumi` command work on the local stack. Loaded only here and only then: whoever has stacks
 * elsewhere never loads anything of the local cloud.
 */
export async function localEnvironment(): Promise<Record<string, string>> {
  const { engineEnvironment, ensureEngine } = await import("../local/engine/index.js");
  const { binDir } = await ensureEngine((line) => process.stderr.write(`${line}\n`));
  return engineEnvironment(binDir);
}
