import { readFile } from "node:fs/promises";

/** A node as its peers know it. */
export interface Peer {
  name: string;
  /** In the private network. */
  ip: string;
  /** Whether it holds the data, and so has a vote. */
  data: boolean;
}

/** With one data node left: refuse writes, or go on as long as another machine proves that this one is not cut off. */
export type LastNode = "protect" | "available";

export interface Settings {
  /** This node's name. */
  name: string;
  /** Every node of the stack, this one included. */
  nodes: Peer[];
  lastNode: LastNode;
}

/** @throws Error when the file is missing or names a node that is none of the stack's */
export async function readSettings(path: string): Promise<Settings> {
  const settings = parse(path, await readFile(path, "utf8"));
  if (!settings.nodes.some(({ name }) => name === settings.name)) {
    throw new Error(`${path}: "${settings.name}" is none of ${settings.nodes.map(({ name }) => name).join(", ")}.`);
  }
  return settings;
}

function parse(path: string, text: string): Settings {
  try {
    return JSON.parse(text) as Settings;
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
