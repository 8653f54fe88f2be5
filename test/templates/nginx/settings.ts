import { runProgram, type Run } from "../../support/program";
import { scriptFiles } from "../../support/scriptFiles";

/** The files that the role nginx puts on a node, by path. */
export type Files = Record<string, string>;

/** Of the stack local, rendered by the real program. */
export async function settingsOf(node: string, config: Record<string, string> = {}): Promise<Files> {
  return filesOf(await runProgram("local", config), node);
}

export function filesOf(run: Run, node: string): Files {
  const files = scriptFiles(run.named(`${node}-nginx`).inputs.stdin);
  return Object.fromEntries(Object.entries(files).map(([path, { content }]) => [path, content]));
}
