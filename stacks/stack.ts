import * as path from "node:path";
import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import type { z } from "zod";
import { balancerMonthlyUsd, sizes, type Size } from "./catalogue";
import { local } from "./local";
import { prod } from "./prod";
import { isRange, nodeSize, overlap, reservedVariables, schema, type Settings } from "./settings";
import type { NodeShape, Shape } from "./shape";
import { staging } from "./staging";

const shapes: Readonly<Record<string, Shape>> = { prod, staging, local };

/** The project's name: the namespace of its config keys and the first part of the droplets' names. */
const project = "trivet";

export interface Stack {
  name: string;
  settings: Settings;
  nodes: NodeSpec[];
  nominated: string;
  protect: boolean;
  monthlyCostUsd: number;
}

export interface NodeSpec {
  name: string;
  /** The size's slug at DigitalOcean. */
  size: string;
  memoryMiB: number;
  /** Whether it holds PostgreSQL's and redis' data. */
  data: boolean;
}

export interface StackInput {
  name: string;
  /** Pulumi's configuration, keys with their namespaces, values as text (JSON for structured ones). */
  config: Readonly<Record<string, string>>;
  /** The keys among them that Pulumi keeps encrypted: their values are shown in no message. */
  secretKeys?: ReadonlySet<string>;
  /** Whether the environment holds DigitalOcean's token. */
  tokenInEnvironment: boolean;
  /** The VPC ranges of this project's other stacks, by the stack's name: one account holds them all. */
  otherRanges?: Readonly<Record<string, string>>;
  /** Default: the stacks of this repository. */
  shapes?: Readonly<Record<string, Shape>>;
}

/** Puts a stack's shape and settings together, or says everything that is wrong with them. */
export function readStack(input: StackInput): { stack: Stack } | { faults: string[] } {
  const known = input.shapes ?? shapes;
  const shape = Object.hasOwn(known, input.name) ? known[input.name] : undefined;
  if (!shape) {
    const names = Object.keys(known).sort().join(", ");
    return {
      faults: [
        `There is no stack "${input.name}": stacks/ has ${names}. Add stacks/${input.name}.ts and name it in stacks/stack.ts for a new one.`,
      ],
    };
  }
  const file = `Pulumi.${input.name}.yaml`;
  const { values, faults } = readValues(input.config, file);
  const parsed = schema.safeParse(values);
  const isSecret = (key: string) => input.secretKeys?.has(key) ?? false;
  for (const issue of parsed.error?.issues ?? []) faults.push(...settingFaults(issue, values, file, isSecret));
  for (const name of Object.keys(Object(values.appEnv) as object).filter((name) => reservedVariables.test(name)))
    faults.push(`${file}: trivet:appEnv.${name} is set by the stack itself; wanted another name.`);
  faults.push(...sharedHosts(values, file));
  faults.push(...overlaps(values.vpcCidr, input.otherRanges ?? {}, file));
  faults.push(...shapeFaults(input.name, shape));
  if (!input.tokenInEnvironment && !input.config["digitalocean:token"])
    faults.push(
      `${file}: digitalocean:token is missing; set it with ` +
        `\`pulumi config set -s ${input.name} --secret digitalocean:token\`, or set DIGITALOCEAN_TOKEN in the environment.`,
    );
  if (faults.length > 0 || !parsed.success) return { faults };
  return { stack: assemble(input.name, shape, parsed.data) };
}

/** Each key of our namespace, parsed as the type that Pulumi.yaml declares; defaults where the stack is silent. */
function readValues(config: StackInput["config"], file: string): { values: Record<string, unknown>; faults: string[] } {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [key, { default: value }] of Object.entries(declared())) values[key.slice(project.length + 1)] = value;
  for (const [key, raw] of Object.entries(config)) {
    if (!key.startsWith(`${project}:`)) continue;
    const type = declared()[key]?.type;
    if (!type) {
      faults.push(`${file}: ${key} is not a setting; Pulumi.yaml lists them: ${Object.keys(declared()).join(", ")}.`);
      continue;
    }
    values[key.slice(project.length + 1)] = type === "array" || type === "object" ? fromJson(raw) : raw;
  }
  return { values, faults };
}

function fromJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

interface Declaration {
  type: string;
  default?: unknown;
}

let declarations: Readonly<Record<string, Declaration>> | undefined;

/** Pulumi.yaml's own config section: the one place that lists the keys, their types and defaults. */
function declared(): Readonly<Record<string, Declaration>> {
  const file = path.join(__dirname, "..", "Pulumi.yaml");
  declarations ??= (parseYaml(readFileSync(file, "utf8")) as { config: Record<string, Declaration> }).config;
  return declarations;
}

function settingFaults(
  issue: z.core.$ZodIssue,
  values: Record<string, unknown>,
  file: string,
  isSecret: (key: string) => boolean,
): string[] {
  if (issue.code === "unrecognized_keys") return []; // said by readValues already
  // A record's key is reported at the record itself, with the faults inside.
  const wanted = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const [setting, ...inside] = issue.path;
  const key = `${project}:${String(setting)}`;
  const given = issue.path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part],
    values,
  );
  if (given === undefined) return [`${file}: ${key} is missing; wanted ${wanted}.`];
  // The application's variables may be secret as well, and a private key is put in place of a public one.
  const shown = JSON.stringify(given);
  const hidden = isSecret(key) || setting === "appEnv" || shown.includes("PRIVATE KEY");
  return [`${file}: ${key}${inside.map(pathPart).join("")} is ${hidden ? "not usable" : shown}; wanted ${wanted}.`];
}

/** As Pulumi writes the path of a value inside a setting. */
function pathPart(part: PropertyKey): string {
  if (typeof part === "number") return `[${part}]`;
  return /^\w+$/.test(String(part)) ? `.${String(part)}` : `[${JSON.stringify(part)}]`;
}

/** A host name is one site's, and trivet:domain is the site main's. */
function sharedHosts({ domain, sites }: Record<string, unknown>, file: string): string[] {
  if (typeof sites !== "object" || sites === null) return [];
  const holders = new Map<unknown, string>([[domain, "trivet:domain"]]);
  return Object.entries(sites).flatMap(([name, host]) => {
    const key = `trivet:sites${pathPart(name)}`;
    const holder = holders.get(host);
    if (!holder) holders.set(host, key);
    if (!holder || typeof host !== "string") return [];
    return [`${file}: ${key} is ${JSON.stringify(host)}, which ${holder} is already; wanted a host name of its own.`];
  });
}

function overlaps(range: unknown, others: Readonly<Record<string, string>>, file: string): string[] {
  if (!isRange(range)) return [];
  const clash = Object.entries(others).filter(([, other]) => isRange(other) && overlap(range, other));
  return clash.map(
    ([stack, other]) =>
      `${file}: trivet:vpcCidr is ${JSON.stringify(range)}, which overlaps ${other} of the stack ${stack}; wanted a range that no other stack uses.`,
  );
}

const nodeName = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/;

function shapeFaults(stackName: string, shape: Shape): string[] {
  const where = `stacks/${stackName}.ts`;
  const faults: string[] = [];
  const names = shape.nodes.map((node) => node.name);
  if (names.length < 1 || names.length > 9) faults.push(`${where}: nodes has ${names.length} entries; wanted 1 to 9.`);
  for (const node of shape.nodes) {
    if (!nodeName.test(node.name))
      faults.push(
        `${where}: the node name ${JSON.stringify(node.name)} is not usable; wanted up to 32 lower-case letters, digits and hyphens, a letter first and no hyphen last.`,
      );
    const size = node.size === undefined ? undefined : nodeSize.safeParse(node.size);
    if (size?.error)
      faults.push(
        `${where}: ${node.name}'s size is ${JSON.stringify(node.size)}; wanted ${size.error.issues[0]!.message}.`,
      );
  }
  for (const name of new Set(names.filter((name, at) => names.indexOf(name) !== at)))
    faults.push(`${where}: there is more than one node ${JSON.stringify(name)}; wanted a name of its own for each.`);
  const data = shape.nodes.filter(holdsData);
  if (data.length === 0) faults.push(`${where}: no node holds data; wanted an odd number of data nodes.`);
  else if (data.length % 2 === 0)
    faults.push(
      `${where}: ${data.length} nodes hold data; wanted an odd number, so that a majority exists when one is lost.`,
    );
  if (data.length > 0 && !data.some((node) => node.name === shape.nominated))
    faults.push(
      `${where}: nominated is ${JSON.stringify(shape.nominated)}; wanted one of the data nodes: ${data.map((node) => node.name).join(", ")}.`,
    );
  return faults;
}

const holdsData = (node: NodeShape) => node.data ?? true;

function assemble(name: string, shape: Shape, settings: Settings): Stack {
  const nodes = shape.nodes.map((node): NodeSpec => {
    const slug = node.size ?? settings.nodeSize;
    return { name: node.name, size: slug, memoryMiB: size(slug).memoryMiB, data: holdsData(node) };
  });
  const monthlyCostUsd = nodes.reduce((sum, node) => sum + size(node.size).monthlyUsd, balancerMonthlyUsd);
  return { name, settings, nodes, nominated: shape.nominated, protect: shape.protect, monthlyCostUsd };
}

const size = (slug: string): Size => sizes[slug]!;
