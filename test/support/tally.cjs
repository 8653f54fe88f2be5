// The usual "spec" report, and one JSON line in $TRIVET_TALLY, from which test/run.sh adds up its closing totals.
const fs = require("node:fs");
const Mocha = require("mocha");

module.exports = class Tally extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      if (!process.env.TRIVET_TALLY) return;
      const { passes, failures, pending } = this.stats;
      fs.appendFileSync(process.env.TRIVET_TALLY, JSON.stringify({ passes, failures, pending }) + "\n");
    });
  }
};
