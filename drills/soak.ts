import { Command, Option } from "commander";
import { localCluster } from "./cluster";
import { planOf, type SoakOptions } from "./plan";
import { report, runDrill, summary, type Outcome } from "./run";
import { wholeNumber } from "./wholeNumber";

new Command("soak")
  .description("break nodes of the local cluster until the time is over or a promise is broken")
  .addOption(
    new Option("--minutes <number>", "how long to begin new drills").default(60).argParser(wholeNumber(1, 100_000)),
  )
  .addOption(
    new Option("--seed <number>", "repeat the order of an earlier soak").argParser(wholeNumber(0, 999_999_999)),
  )
  .addOption(
    new Option("--matrix <times>", "every drill in order, so often, instead of any at random")
      .argParser(wholeNumber(1, 999))
      .conflicts(["seed", "minutes"]),
  )
  .addOption(
    new Option(
      "--slack <times>",
      "let times be so many times what is promised; no write may be lost all the same",
    ).argParser(wholeNumber(1, 999)),
  )
  .option("--only <text>", "of the matrix, what has this in its name")
  .action(async (options: SoakOptions) => {
    const { what, drills } = planOf(options);
    console.log(`soak: ${what}`);
    const cluster = await localCluster();
    const history: Outcome[] = [];
    for (const drill of drills) {
      const outcome = await runDrill(cluster, drill);
      history.push(outcome);
      console.log(summary(outcome));
      if (outcome.broken.length > 0) throw new Error(failure(what, history));
    }
    const acknowledged = history.reduce((sum, { account }) => sum + account.acknowledged, 0);
    console.log(`soak: ${history.length} drills, ${acknowledged} writes acknowledged, none lost; ${what}`);
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`soak: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });

function failure(what: string, history: Outcome[]): string {
  const done = history.map((outcome, at) => `${String(at + 1).padStart(4)}. ${outcome.at} ${summary(outcome)}`);
  const again = `Again: npm run soak -- ${what}`;
  return [`a promise is broken.`, report(history.at(-1)!), "", `What was done, ${what}:`, ...done, again].join("\n");
}
