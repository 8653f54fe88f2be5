import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

interface Declared {
  config?: Record<string, { default?: unknown } | undefined>;
}

/**
 * The VPC range of every stack file in the project but one: set there, or Pulumi.yaml's default.
 * @throws Error when a file is not YAML.
 */
export function rangesOfOtherStacks(projectDir: string, name: string): Record<string, string> {
  const key = "trivet:vpcCidr";
  const preset = read(projectDir, "Pulumi.yaml")?.config?.[key]?.default;
  const ranges: Record<string, string> = {};
  for (const file of readdirSync(projectDir)) {
    const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
    if (!stack || stack === name) continue;
    const range: unknown = read(projectDir, file)?.config?.[key] ?? preset;
    if (typeof range === "string") ranges[stack] = range;
  }
  return ranges;
}

function read(dir: string, file: string): Declared | null {
  try {
    return parse(readFileSync(path.join(dir, file), "utf8")) as Declared | null;
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
}
