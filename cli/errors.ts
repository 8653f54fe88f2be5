/**
 * A fault that the user can mend. `message` is one sentence that says what to do; `details` are lines shown below it,
 * such as the last words of a command that failed.
 */
export class UserError extends Error {
  constructor(
    message: string,
    readonly details?: string,
  ) {
    super(message);
  }
}

/** What the terminal shows of a fault. Anything but a UserError is a mistake of ours, so it keeps its stack. */
export function explain(error: unknown): string {
  if (error instanceof UserError) return [`trivet: ${error.message}`, error.details].filter(Boolean).join("\n");
  return `trivet: unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** The reason in one line, for use inside a sentence. */
export function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return (reason.trim().split("\n")[0] ?? "").replace(/\.$/, "");
}

/** The last lines of what a command wrote. */
export function lastLines(text: string, count = 20): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}

/** "ash", "ash and birch", "ash, birch and cedar". */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
