import { isDeepStrictEqual } from "node:util";
import type { Property } from "./resource";
import { containsUnknown, isObject, type Properties, type Value } from "./values";

export type Kind = "add" | "delete" | "update";

export interface Difference {
  /** In the engine's notation: `connection.host`, `triggers[0]`. */
  path: string;
  kind: Kind;
  replace: boolean;
  /** The program's text changed; otherwise the resource drifted from it. */
  inputChanged: boolean;
}

/**
 * Compares what is (the state) with what the program wants (checked inputs), so that drift found by a refresh shows
 * up as well as a changed program.
 */
export function difference(
  properties: Record<string, Property>,
  state: Properties,
  oldInputs: Properties,
  inputs: Properties,
  ignored: string[] = [],
): Difference[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    if (ignored.includes(name)) return [];
    const wanted = inputs[name];
    if (wanted === undefined && property.computed) return [];
    const known = wanted !== undefined && !containsUnknown(wanted);
    const after = known && property.toState ? property.toState(wanted) : wanted;
    const inputChanged = !isDeepStrictEqual(oldInputs[name], wanted);
    const paths = property.set
      ? sameSet(state[name], after)
        ? []
        : [{ path: name, kind: kindOf(state[name], after) }]
      : changedPaths(name, state[name], after);
    const rule = property.replace ?? false;
    const replace = typeof rule === "function" ? rule(state[name], after) : rule;
    return paths.map((change) => ({ ...change, replace, inputChanged }));
  });
}

/** Equal but for the order of lists and for what is empty anyway. */
export function sameSet(before: Value | undefined, after: Value | undefined): boolean {
  return !containsUnknown(after) && JSON.stringify(canonical(before)) === JSON.stringify(canonical(after));
}

function changedPaths(
  path: string,
  before: Value | undefined,
  after: Value | undefined,
): { path: string; kind: Kind }[] {
  if (isEmpty(before) && isEmpty(after)) return [];
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names]
      .filter((name) => !name.startsWith("__"))
      .flatMap((name) => changedPaths(`${path}${step(name)}`, before[name], after[name]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const longest = Math.max(before.length, after.length);
    return Array.from({ length: longest }, (_, at) => changedPaths(`${path}[${at}]`, before[at], after[at])).flat();
  }
  return !containsUnknown(after) && isDeepStrictEqual(before, after) ? [] : [{ path, kind: kindOf(before, after) }];
}

function step(name: string): string {
  return /^[\w$-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function kindOf(before: Value | undefined, after: Value | undefined): Kind {
  if (isEmpty(before)) return "add";
  return isEmpty(after) ? "delete" : "update";
}

/** Terraform's schemas, which the official plugins are made of, don't tell "not given" from the type's zero. */
function isEmpty(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function canonical(value: Value | undefined): Value {
  if (value === undefined || isEmpty(value)) return null;
  if (Array.isArray(value)) {
    return sortedBy(value.map(canonical), (item) => JSON.stringify(item));
  }
  if (isObject(value)) {
    const kept = Object.entries(value).filter(([name, inner]) => !name.startsWith("__") && !isEmpty(inner));
    return Object.fromEntries(sortedBy(kept, ([name]) => name).map(([name, inner]) => [name, canonical(inner)]));
  }
  return value;
}

function sortedBy<Item>(items: Item[], key: (item: Item) => string): Item[] {
  return [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
