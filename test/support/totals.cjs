// The closing line of `npm test`: the sum of what the runs counted. What failed without a test of its own (a check, a run
// that broke off) counts as one failure. Arguments: the tally's file, the number of failed parts.
const fs = require("node:fs");

const [file, failedParts] = process.argv.slice(2);
const runs = fs
  .readFileSync(file, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line));
const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
const failures = Math.max(sum("failures"), Number(failedParts));
const skipped = sum("pending") > 0 ? `, ${sum("pending")} skipped` : "";
console.log(`${sum("passes")} passed, ${failures} failed${skipped}`);
