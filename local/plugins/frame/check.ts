import { createHash } from "node:crypto";
import type { AnyResource } from "./resource";
import { containsUnknown, type Properties } from "./values";

export interface Checked {
  inputs: Properties;
  faults: { property: string; reason: string }[];
}

/**
 * Completes the inputs with defaults and generated names, and finds what is wrong with them.
 * In a bridged plugin `__defaults` lists what was filled in: a generated name stays as long as it is there.
 */
export function check<Client>(
  resource: AnyResource<Client>,
  name: string,
  old: Properties,
  given: Properties,
  seed: Uint8Array,
  bridged: boolean,
): Checked {
  const inputs: Properties = { ...given };
  const filledIn: string[] = [];
  const faults: Checked["faults"] = [];

  for (const [key, property] of Object.entries(resource.inputs)) {
    if (inputs[key] !== undefined && inputs[key] !== null) continue;
    if (property.autoName) {
      const generatedBefore = Array.isArray(old.__defaults) && old.__defaults.includes(key);
      inputs[key] = generatedBefore && typeof old[key] === "string" ? old[key] : `${name}-${suffix(seed)}`;
      filledIn.push(key);
    } else if (property.default !== undefined) {
      inputs[key] = property.default;
      filledIn.push(key);
    } else if (property.required) {
      faults.push({ property: key, reason: `Missing required property '${key}'` });
    }
  }
  for (const key of Object.keys(given)) {
    if (!(key in resource.inputs) && !key.startsWith("__")) {
      faults.push({ property: key, reason: `${resource.type} has no property '${key}'` });
    }
  }
  if (faults.length === 0 && resource.check) {
    const known = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !containsUnknown(value)));
    faults.push(...resource.check(known).map((reason) => ({ property: "", reason })));
  }
  return { inputs: bridged ? { ...inputs, __defaults: filledIn.sort() } : inputs, faults };
}

/** The engine's seed makes the same name in a preview and in the update that follows it. */
function suffix(seed: Uint8Array): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, 7);
}
