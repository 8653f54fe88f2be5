/** A file that a role's script makes on a node. */
export interface ScriptFile {
  mode: string;
  owner: string;
  content: string;
}

/** Every file that a role's script makes, by its path on the node. */
export function scriptFiles(script: unknown): Record<string, ScriptFile> {
  const files = String(script).matchAll(/^file (\S+) (\S+) (\S+) <<'END-OF-FILE'\n([^]*?)^END-OF-FILE$/gm);
  return Object.fromEntries(
    [...files].map(([, mode, owner, file, content]) => [file!, { mode: mode!, owner: owner!, content: content! }]),
  );
}
