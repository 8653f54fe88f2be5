import { runProgram, type Run } from "../../support/program";

/** The files that the role nginx puts on a node, by path. */
export type Files = Record<string, string>;

/** Of the stack local, rendered by the real program. */
export async function settingsOf(node: string, config: Record<string, string> = {}): Promise<Files> {
  return filesOf(await runProgram("local", config), node);
}

export function filesOf(run: Run, node: string): Files {
  const script = String(run.named(`${node}-nginx`).inputs.stdin);
  const files = script.matchAll(/^file \S+ \S+ (\S+) <<'END-OF-FILE'\n([^]*?)^END-OF-FILE$/gm);
  return Object.fromEntries([...files].map(([, path, text]) => [path!, text!]));
}
