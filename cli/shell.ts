/** One word as a POSIX shell reads it back unchanged. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line from its words. */
export function commandLine(...words: string[]): string {
  return words.map(quote).join(" ");
}

/** Lines for `eval`, in the order of the names. */
export function exportLines(environment: Record<string, string>): string {
  return Object.keys(environment)
    .sort()
    .map((name) => `export ${name}=${quote(environment[name] ?? "")}\n`)
    .join("");
}
