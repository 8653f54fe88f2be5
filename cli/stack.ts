import { readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { list, reasonOf, UserError } from "./errors";
import { localStack, pulumi } from "./pulumi";
import { outputsVariable } from "./stackOption";

/** The form of the stack's outputs that this command reads. */
const schemaVersion = 1;

const outputs = z
  .object({
    url: z.string(),
    nodes: z.array(z.object({ name: z.string(), publicIp: z.string(), privateIp: z.string() })).min(1),
    sshUser: z.string(),
    /** In OpenSSH's or PEM form. */
    deployPrivateKey: z.string(),
    /** known_hosts lines: "publicIp keytype key". */
    knownHosts: z.string(),
    /** Host names by the site's name. A stack that was made before there were sites has one. */
    sites: z.record(z.string(), z.string()).optional(),
  })
  .transform((given) => ({ ...given, sites: given.sites ?? { main: given.url.replace(/^https:\/\//, "") } }));

/** The outputs that commands use; the stack has more (see docs). */
export type StackOutputs = z.infer<typeof outputs>;
export type StackNode = StackOutputs["nodes"][number];

/**
 * The outputs of a stack that is up, or those in the file that --outputs or TRIVET_OUTPUTS names. Throws UserError where
 * there is none or its form is another one.
 */
export async function readStack(stack: string): Promise<StackOutputs> {
  const file = process.env[outputsVariable];
  return file ? readOutputsFile(file) : parseOutputs(stack, await readOutputs(stack));
}

/** All of a stack's outputs as JSON, secrets among them. */
export function readOutputs(stack: string): Promise<string> {
  return pulumi(stack, "stack", "output", "--json", "--show-secrets");
}

/** Reads `pulumi stack output --json --show-secrets`. No fault quotes a value, because some are secret. */
export function parseOutputs(stack: string, json: string): StackOutputs {
  const up = stack === localStack ? "npm run up" : `pulumi up -s ${stack}`;
  return parse(JSON.parse(json), {
    missing: `The stack "${stack}" is not up yet; run "${up}" first.`,
    what: `The outputs of stack "${stack}"`,
    remedy: `use the checkout that the stack was made with, or run "pulumi up -s ${stack}" with this one`,
    whole: `run "pulumi up -s ${stack}" to the end`,
  });
}

/** Reads what `trivet outputs > FILE` wrote. Warns when others on this machine can read it: it holds the stack's key. */
export function readOutputsFile(
  file: string,
  warn: (line: string) => unknown = (line) => process.stderr.write(`${line}\n`),
): StackOutputs {
  const again = `write it anew with "umask 077; npx trivet outputs -s STACK > ${file}"`;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
    if (statSync(file).mode & 0o044) {
      warn(`trivet: others can read "${file}", which holds the stack's SSH key; run "chmod 600 ${file}".`);
    }
  } catch (error) {
    throw new UserError(`The file of outputs "${file}" cannot be read (${reasonOf(error)}); ${again}.`);
  }
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new UserError(`The file of outputs "${file}" is not JSON; ${again}.`);
  }
  return parse(given, {
    missing: `The file of outputs "${file}" has no schemaVersion, so these are not a stack's outputs; ${again}.`,
    what: `The outputs in "${file}"`,
    remedy: `use the checkout that they were written with, or ${again}`,
    whole: again,
  });
}

interface Sentences {
  missing: string;
  what: string;
  remedy: string;
  whole: string;
}

function parse(json: unknown, { missing, what, remedy, whole }: Sentences): StackOutputs {
  const given = z.record(z.string(), z.unknown()).safeParse(json).data ?? {};
  if (given.schemaVersion === undefined) throw new UserError(missing);
  if (given.schemaVersion !== schemaVersion) {
    throw new UserError(
      `${what} have form ${JSON.stringify(given.schemaVersion)} and this command reads form ${schemaVersion}; ${remedy}.`,
    );
  }
  const parsed = outputs.safeParse(given);
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map((issue) => issue.path.join(".")))];
  throw new UserError(`${what} lack ${list(names)} or have it in another form; ${whole}.`);
}

/** The node of that name. Throws UserError with the names there are. */
export function nodeNamed(stack: string, nodes: readonly StackNode[], name: string): StackNode {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  throw new UserError(
    `There is no node "${name}" in stack "${stack}"; it has ${list(nodes.map((each) => each.name))}.`,
  );
}
