import { readdirSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import Mustache from "mustache";

export type Scalar = string | number | boolean;
/** What a role's templates and scripts are filled with. Lists of objects are for templates only. */
export type View = Record<string, Scalar | Scalar[] | Record<string, Scalar>[]>;

const templatesDir = path.join(__dirname, "..", "templates");

interface TemplateFile {
  /** Where it goes on the node. */
  target: string;
  executable: boolean;
  text: string;
  /** Whether it is a mustache template. */
  varies: boolean;
}

/** A role's folder: its files at their target paths, and its two scripts. */
export interface RoleTemplates {
  name: string;
  files: TemplateFile[];
  apply: string;
  probe: string;
}

/** @throws Error when the folder or one of its scripts is missing. */
export function readTemplates(name: string): RoleTemplates {
  const dir = path.join(templatesDir, name);
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== dir)
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file): TemplateFile => {
      const varies = file.endsWith(".mustache");
      const target = "/" + path.relative(dir, varies ? file.slice(0, -".mustache".length) : file);
      return { target, varies, executable: (statSync(file).mode & 0o100) !== 0, text: readFileSync(file, "utf8") };
    });
  const script = (file: string) => readFileSync(path.join(dir, file), "utf8");
  return { name, files, apply: script("apply.sh"), probe: script("probe.sh") };
}

export interface RoleScript {
  templates: RoleTemplates;
  node: string;
  /** Takes part so that a replaced droplet is set up again. */
  dropletId: string;
  /** A digest of the secrets that the role uses: when one changes, the role runs again. Empty when it uses none. */
  secrets: string;
  view: View;
  /** Digests of the roles whose settings this one takes up. */
  builtOn?: string[];
  /** Files that no template makes: the secrets. */
  files?: Record<string, { content: string; mode: string; owner: string }>;
}

/** The one script that makes a role so on a node: plain text, no secret in it, the same for the same input. */
export function renderRole({
  templates,
  node,
  dropletId,
  secrets,
  view,
  files = {},
  builtOn = [],
}: RoleScript): string {
  const variables = Object.entries(view).filter(([, value]) => !isListOfObjects(value));
  const body = [
    `# Trivet: ${templates.name} on ${node}`,
    ...builtOn.map((version) => `# built on ${version}`),
    ...assignments({ ROLE: templates.name, NODE: node, DROPLET: dropletId, SECRETS: secrets }),
    ...assignments(Object.fromEntries(variables.map(([name, value]) => [shellName(name), value as Scalar | Scalar[]]))),
    "",
    library(),
    ...templates.files.map((file) => {
      const text = file.varies ? renderText(file.text, view, file.target) : file.text;
      return heredoc(file.target, file.executable ? "0755" : "0644", "root:root", text);
    }),
    ...Object.entries(files).map(([target, { mode, owner, content }]) => heredoc(target, mode, owner, content)),
    templates.apply,
    templates.probe,
    "applied",
  ];
  return wholeOrNothing(body.join("\n"));
}

/**
 * bash reads a group to its end before it runs anything: a script that was cut short on its way does nothing, and no
 * command inside can eat the rest of it from standard input.
 */
export function wholeOrNothing(body: string): string {
  return `set -euo pipefail\nexport LC_ALL=C.UTF-8\n{\n${body}\nexit 0\n} </dev/null\n`;
}

/** The functions that every role's script starts with. */
export function library(): string {
  return readFileSync(path.join(templatesDir, "lib.sh"), "utf8");
}

/**
 * Every fault of a role's view against its templates: a name that a template asks for and the view lacks, and one that
 * the view has and nothing asks for.
 */
export function viewFaults({ name, files, apply, probe }: RoleTemplates, view: Record<string, unknown>): string[] {
  const used = new Set<string>();
  const faults: string[] = [];
  for (const file of files.filter((file) => file.varies)) {
    for (const missing of missingNames(Mustache.parse(file.text) as Token[], [view], used))
      faults.push(
        `templates/${name}${file.target}.mustache asks for {{${missing}}}, which the role's view does not have.`,
      );
  }
  for (const key of Object.keys(view)) {
    const variable = new RegExp(`\\$\\{?[#!]?${shellName(key)}\\b`);
    if (!used.has(key) && !variable.test(apply) && !variable.test(probe))
      faults.push(`The view of the role ${name} has "${key}", which nothing in templates/${name}/ asks for.`);
  }
  return faults;
}

/** Mustache without its two traps: a missing name is an error, and nothing is escaped for HTML. */
function renderText(text: string, view: View, where: string): string {
  const [missing] = missingNames(Mustache.parse(text) as Token[], [view], new Set());
  if (missing) throw new Error(`${where} asks for {{${missing}}}, which its view does not have.`);
  return Mustache.render(text, view, undefined, { escape: (value) => String(value) });
}

/** [kind, name, start, end, children of a section]. */
type Token = [string, string, number, number, Token[]?];

function missingNames(tokens: Token[], scopes: Record<string, unknown>[], used: Set<string>): string[] {
  return tokens.flatMap(([kind, name, , , children]) => {
    if (kind === ">") return [`> ${name}`]; // A part of its own: there are none, and mustache would say nothing.
    if (!["name", "&", "{", "#", "^"].includes(kind)) return [];
    const scope = name === "." ? undefined : scopes.find((candidate) => Object.hasOwn(candidate, name));
    if (name !== "." && !scope) return [name];
    if (scope === scopes.at(-1)) used.add(name);
    if (!children) return [];
    const value = scope?.[name];
    const items = kind === "#" && isListOfObjects(value) ? value : [{}];
    const missing = [...new Set(items.flatMap((item) => missingNames(children, [item, ...scopes], used)))];
    // An empty list has no items to ask for their names, and is not rendered.
    return kind === "#" && Array.isArray(value) && value.length === 0 ? [] : missing;
  });
}

function isListOfObjects(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isPlain);
}

/** Not a Pulumi Output, which is an object too. */
const isPlain = (value: unknown) =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** privateIp -> PRIVATE_IP */
export function shellName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function assignments(values: Record<string, Scalar | Scalar[]>): string[] {
  return Object.entries(values).map(([name, value]) =>
    Array.isArray(value)
      ? `readonly ${name}=(${value.map(shellQuote).join(" ")})`
      : `readonly ${name}=${shellQuote(value)}`,
  );
}

export function shellQuote(value: Scalar): string {
  return `'${String(value).replaceAll("'", `'\\''`)}'`;
}

const end = "END-OF-FILE";

function heredoc(target: string, mode: string, owner: string, text: string): string {
  if (text.split("\n").includes(end)) throw new Error(`${target} has a line ${end}, which ends it early.`);
  return `file ${mode} ${owner} ${target} <<'${end}'\n${text.replace(/\n?$/, "\n")}${end}`;
}
