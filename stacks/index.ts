import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { allConfig } from "@pulumi/pulumi/runtime";
import { rangesOfOtherStacks } from "./siblings";
import { readStack, type Stack } from "./stack";

export type { NodeSpec, Stack } from "./stack";

/**
 * The stack that Pulumi runs now: its shape and its settings.
 * @throws pulumi.RunError with every fault at once, before any resource is registered.
 */
export function currentStack(): Stack {
  const name = pulumi.getStack();
  const outcome = readStack({
    name,
    config: allConfig(),
    // The SDK knows them too, but keeps that to itself.
    secretKeys: new Set(JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]") as string[]),
    tokenInEnvironment: Boolean(process.env.DIGITALOCEAN_TOKEN || process.env.DIGITALOCEAN_ACCESS_TOKEN),
    otherRanges: rangesOfOtherStacks(path.join(__dirname, ".."), name),
  });
  if ("faults" in outcome) throw new pulumi.RunError(outcome.faults.join("\n"));
  return outcome.stack;
}
