import process from "node:process";

/** One JSON line per event on standard output, where the journal picks it up. */
export function log(event, fields = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
}
