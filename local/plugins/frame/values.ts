/** A property as it travels between engine and plugin: plain JSON. */
export type Value = null | boolean | number | string | Value[] | { [name: string]: Value };
export type Properties = Record<string, Value>;

/** What the engine sends, during a preview, for a value that only an update will know. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signature = "4dabf18193072939515e22adb298388d";

/** Asks the engine to keep a value encrypted in the state and hidden on the screen. */
export function secret(value: Value): Value {
  return { [signature]: "1b47061264138c4ac30d75fd1eb44270", value };
}

export function isObject(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function containsUnknown(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (isObject(value)) return Object.values(value).some(containsUnknown);
  return value === unknown;
}

/** Drops what is undefined, at every depth: the wire has no form for it. */
export function plain(value: object): Properties {
  return JSON.parse(JSON.stringify(value)) as Properties;
}
