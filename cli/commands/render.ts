import { Command } from "commander";
import { list, reasonOf, UserError } from "../errors";
import { pulumi } from "../pulumi";
import { stackOption, type StackOption } from "../stackOption";

/** What a preview shows for a value that only the `up` will know. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function renderCommand(): Command {
  return new Command("render")
    .description("print the script that would set up a role on a node")
    .argument("<role>", "such as nginx")
    .argument("<node>", "the node's name")
    .addOption(stackOption())
    .action(async (role: string, node: string, { stack }: StackOption) => {
      const scripts = await scriptsOf(stack);
      process.stdout.write(scriptNamed(scripts, role, node));
    });
}

/** A role's script by the name of its command, "<node>-<role>". */
type Scripts = Map<string, string>;

interface Resource {
  urn: string;
  type: string;
  inputs?: { stdin?: unknown };
}

/** What would run now; where the preview fails, what the last `up` ran, with a word about it on standard error. */
async function scriptsOf(stack: string): Promise<Scripts> {
  try {
    return previewedScripts(await pulumi(stack, "preview", "--json", "--show-sames", "--show-secrets=false"));
  } catch (error) {
    const scripts = await exportedScripts(stack).catch(() => undefined);
    if (!scripts?.size) throw error;
    process.stderr.write(`trivet: the preview failed (${reasonOf(error)}), so this is what the last "up" ran.\n`);
    return scripts;
  }
}

async function exportedScripts(stack: string): Promise<Scripts> {
  const { deployment } = JSON.parse(await pulumi(stack, "stack", "export")) as {
    deployment: { resources?: Resource[] };
  };
  return scriptsAmong(deployment.resources ?? []);
}

/** Reads the output of `pulumi preview --json`. */
export function previewedScripts(json: string): Scripts {
  const { steps } = JSON.parse(json) as { steps?: { op: string; newState?: Resource }[] };
  return scriptsAmong((steps ?? []).flatMap(({ op, newState }) => (newState && op !== "delete" ? [newState] : [])));
}

function scriptsAmong(resources: readonly Resource[]): Scripts {
  const commands = resources.filter((resource) => resource.type === "command:remote:Command");
  return new Map(
    commands.flatMap(({ urn, inputs }): [string, string][] =>
      typeof inputs?.stdin === "string" ? [[urn.split("::").at(-1) ?? urn, inputs.stdin]] : [],
    ),
  );
}

/** The script of that role on that node, ending in a newline. Throws UserError with the names there are. */
export function scriptNamed(scripts: Scripts, role: string, node: string): string {
  const script = scripts.get(`${node}-${role}`);
  if (script === unknownValue) {
    throw new UserError(
      `The script of "${role}" on "${node}" depends on a machine that is not there yet; run "pulumi up" first.`,
    );
  }
  if (script !== undefined) return script.endsWith("\n") ? script : `${script}\n`;
  throw new UserError(
    `There is no role "${role}" with a readable script on node "${node}"; there are ${list([...scripts.keys()]) || "none"}.`,
  );
}
