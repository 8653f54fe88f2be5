import { existsSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../errors";

const manifest = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and dashes, a letter first"),
  /** Runs in the new release on one node before the first switch, with the application's environment. */
  migrate: z.string().min(1).optional(),
});

/**
 * `trivet.yaml`: what a cluster must know of the application. A worker is `node .` with the stack's environment; it
 * answers `GET /healthz` with 2xx while it can serve.
 */
export type Manifest = z.infer<typeof manifest>;

/** Reads an application's directory. Throws one UserError with everything that is wrong there. */
export function readManifest(directory: string): Manifest {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    throw new UserError(`"${directory}" is not a directory; give the one that holds the application's trivet.yaml.`);
  }
  const faults: string[] = [];
  const text = (name: string, why: string): string | undefined => {
    const file = path.join(directory, name);
    if (existsSync(file)) return readFileSync(file, "utf8");
    faults.push(`${name} is missing; ${why}`);
    return undefined;
  };
  packageFaults(directory, text("package.json", "an application is a Node.js package"), faults);
  lockFaults(text("yarn.lock", `make it with "yarn install" (yarn 4)`), faults);
  const settings = settingsOf(text("trivet.yaml", `it needs at least "name: my-application"`), faults);
  if (settings && faults.length === 0) return settings;
  throw new UserError(
    `"${directory}" cannot be deployed; mend what is listed below.`,
    faults.map((fault) => `  - ${fault}`).join("\n"),
  );
}

function packageFaults(directory: string, text: string | undefined, faults: string[]): void {
  if (text === undefined) return;
  try {
    const { main = "index.js" } = JSON.parse(text) as { main?: string };
    if (existsSync(path.resolve(directory, main))) return;
    faults.push(`package.json: "main" is ${main}, which is not there; a worker runs it with "node ."`);
  } catch {
    faults.push("package.json is not JSON");
  }
}

function lockFaults(text: string | undefined, faults: string[]): void {
  if (text === undefined || text.includes("__metadata:")) return;
  faults.push(`yarn.lock is not yarn 4's; make it anew with "yarn set version stable" and "yarn install"`);
}

function settingsOf(text: string | undefined, faults: string[]): Manifest | undefined {
  if (text === undefined) return undefined;
  let given: unknown;
  try {
    given = parse(text);
  } catch (error) {
    faults.push(`trivet.yaml is not YAML: ${(error as Error).message.split("\n")[0]}`);
    return undefined;
  }
  const parsed = manifest.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    faults.push(`trivet.yaml: ${[issue.path.join("."), issue.message].filter(Boolean).join(": ")}`);
  }
  return undefined;
}
