import { z } from "zod";
import { list, UserError } from "./errors";
import { localStack, pulumi } from "./pulumi";

/** The form of the stack's outputs that this command reads. */
const schemaVersion = 1;

const outputs = z.object({
  url: z.string(),
  nodes: z.array(z.object({ name: z.string(), publicIp: z.string(), privateIp: z.string() })).min(1),
  sshUser: z.string(),
  /** In OpenSSH's or PEM form. */
  deployPrivateKey: z.string(),
  /** known_hosts lines: "publicIp keytype key". */
  knownHosts: z.string(),
});

/** The outputs that commands use; the stack has more (see docs). */
export type StackOutputs = z.infer<typeof outputs>;
export type StackNode = StackOutputs["nodes"][number];

/** The outputs of a stack that is up. Throws UserError where there is none or its form is another one. */
export async function readStack(stack: string): Promise<StackOutputs> {
  return parseOutputs(stack, await pulumi(stack, "stack", "output", "--json", "--show-secrets"));
}

/** Reads `pulumi stack output --json --show-secrets`. No fault quotes a value, because some are secret. */
export function parseOutputs(stack: string, json: string): StackOutputs {
  const given = JSON.parse(json) as Record<string, unknown>;
  if (given.schemaVersion === undefined) {
    const up = stack === localStack ? "npm run up" : `pulumi up -s ${stack}`;
    throw new UserError(`The stack "${stack}" is not up yet; run "${up}" first.`);
  }
  if (given.schemaVersion !== schemaVersion) {
    throw new UserError(
      `The outputs of stack "${stack}" have form ${JSON.stringify(given.schemaVersion)} and this command reads form ${schemaVersion}; ` +
        `use the checkout that the stack was made with, or run "pulumi up -s ${stack}" with this one.`,
    );
  }
  const parsed = outputs.safeParse(given);
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map((issue) => issue.path.join(".")))];
  throw new UserError(
    `The outputs of stack "${stack}" lack ${list(names)} or have it in another form; run "pulumi up -s ${stack}" to the end.`,
  );
}

/** The node of that name. Throws UserError with the names there are. */
export function nodeNamed(stack: string, nodes: readonly StackNode[], name: string): StackNode {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  throw new UserError(
    `There is no node "${name}" in stack "${stack}"; it has ${list(nodes.map((each) => each.name))}.`,
  );
}
