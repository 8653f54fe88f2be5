import { existsSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../errors";
import { siteEntry, siteFaults } from "./sites";

/** A folder or a file of the directory: "admin/dist". Never one outside of it. */
const inside = z
  .string()
  .min(1)
  .transform((name) => path.posix.normalize(name).replace(/\/$/, ""))
  .refine((name) => !path.posix.isAbsolute(name) && name.split("/")[0] !== "..", "must be a path inside the directory");

const commandLine = z.string().regex(/^\s*\S[^\n]*$/, "must be one line: a command as a shell takes it");

const defaultStart = "node --enable-source-maps .";

const check = z.strictObject({
  /** What a worker answers with 2xx while it can serve. */
  path: z
    .string()
    .regex(/^\/[\w./~%?=&-]*$/, 'must be a path such as "/healthz"')
    .default("/healthz"),
  /** How long a worker may take from its start to its first good answer. The health answer bears a switch for 180 s. */
  seconds: z.int().min(1).max(120).default(30),
});

const manifest = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and dashes, a letter first"),
  /** Runs in the directory, here, before anything is uploaded. */
  build: commandLine.optional(),
  /** What git ignores and belongs to the release all the same. */
  include: z.array(inside).default([]),
  /** Runs in the new release once for the whole cluster, as the database's owner. */
  migrate: commandLine.optional(),
  /** A worker. */
  start: commandLine.default(defaultStart),
  check: check.prefault({}),
  /** By the stack's name of the site; one that is not here goes to the workers. */
  sites: z.record(z.string(), siteEntry).default({}),
});

/** `trivet.yaml`: what a cluster must know of the application. docs/deploying.md says what each key is for. */
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
  packageFaults(text("package.json", "an application is a Node.js package"), faults);
  lockFaults(text("yarn.lock", `make it with "yarn install" (yarn 4)`), faults);
  const settings = settingsOf(text("trivet.yaml", `it needs at least "name: my-application"`), faults);
  if (settings && faults.length === 0) return settings;
  throw cannotBeDeployed(directory, faults);
}

export function cannotBeDeployed(directory: string, faults: readonly string[]): UserError {
  return new UserError(
    `"${directory}" cannot be deployed; mend what is listed below.`,
    faults.map((fault) => `  - ${fault}`).join("\n"),
  );
}

/**
 * What is wrong with a release's files, one sentence each. Asked after the build, which may make any of them.
 * `files`: those that the release consists of; `sites`: the names of the stack's sites.
 */
export function releaseFaults(
  directory: string,
  { include, start, sites }: Manifest,
  files: readonly string[],
  sitesOfStack: readonly string[],
): string[] {
  const faults: string[] = [];
  const shipped = (name: string) => files.some((file) => file === name || file.startsWith(`${name}/`));
  for (const name of include) {
    if (!existsSync(path.join(directory, name)))
      faults.push(`trivet.yaml: include: ${name} is not there after the build`);
  }
  for (const [site, entry] of Object.entries(sites)) {
    if (!sitesOfStack.includes(site)) {
      faults.push(
        `trivet.yaml: sites.${site} is not a site of the stack, which has ${sitesOfStack.join(", ")} (trivet:sites)`,
      );
    }
    const folder = siteFolder(entry);
    const ofFolder = siteFaults(site, entry, directory);
    faults.push(...ofFolder.map((fault) => `trivet.yaml: ${fault}`));
    if (ofFolder.length === 0 && folder !== undefined && !shipped(folder)) {
      faults.push(
        `trivet.yaml: sites.${site} serves ${folder}, which does not belong to the release: ` +
          `git ignores it or nothing is in it; add it to "include"`,
      );
    }
  }
  if (start === defaultStart) faults.push(...mainFaults(directory, files));
  return faults;
}

/** The folder of the release that a site's files are in; none where everything goes to the workers. */
export function siteFolder(entry: Manifest["sites"][string]): string | undefined {
  return entry.spa ?? entry.static;
}

/** `node .` runs "main", a file or a folder with an index.js, with or without its ending. */
function mainFaults(directory: string, files: readonly string[]): string[] {
  const { main = "index.js" } = JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8")) as {
    main?: string;
  };
  const name = path.posix.normalize(main).replace(/\/$/, "");
  const candidates = [name, `${name}.js`, `${name}.json`, `${name}/index.js`];
  if (candidates.some((candidate) => files.includes(candidate))) return [];
  const why = existsSync(path.join(directory, main))
    ? `which git ignores; add it to "include" in trivet.yaml`
    : `which is not there; a worker runs it with "node ."`;
  return [`package.json: "main" is ${main}, ${why}`];
}

function packageFaults(text: string | undefined, faults: string[]): void {
  if (text === undefined) return;
  try {
    const given: unknown = JSON.parse(text);
    if (typeof given === "object" && given !== null) return;
  } catch {
    // Said below.
  }
  faults.push("package.json is not a JSON object");
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
