import { Command, InvalidArgumentError, Option } from "commander";
import { localCluster } from "./cluster";
import { randomDrill } from "./matrix";
import { randomFrom } from "./random";
import { report, runDrill, summary, type Outcome } from "./run";

const whole = (text: string) => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("wanted a whole number from 0 to 999999999.");
  return Number(text);
};

new Command("soak")
  .description("do drills at random on the local cluster until the time is over or a promise is broken")
  .addOption(new Option("--seed <number>", "repeat the order of an earlier soak").argParser(whole))
  .addOption(new Option("--minutes <number>", "how long to begin new drills").default(60).argParser(whole))
  .action(async ({ seed = Math.floor(Math.random() * 1e9), minutes }: { seed?: number; minutes: number }) => {
    console.log(`soak: seed ${seed}, ${minutes} minutes`);
    const cluster = await localCluster();
    const random = randomFrom(seed);
    const history: Outcome[] = [];
    for (const limit = Date.now() + minutes * 60_000; Date.now() < limit;) {
      const outcome = await runDrill(cluster, randomDrill(random));
      history.push(outcome);
      console.log(summary(outcome));
      if (outcome.broken.length > 0) throw new Error(failure(seed, history));
    }
    const acknowledged = history.reduce((sum, { account }) => sum + account.acknowledged, 0);
    console.log(`soak: ${history.length} drills, ${acknowledged} writes acknowledged, none lost; seed ${seed}`);
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`soak: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });

function failure(seed: number, history: Outcome[]): string {
  const done = history.map((outcome, at) => `${String(at + 1).padStart(4)}. ${outcome.at} ${summary(outcome)}`);
  const again = `Again, in the same order: npm run soak -- --seed ${seed}`;
  return [`a promise is broken.`, report(history.at(-1)!), "", `What was done, seed ${seed}:`, ...done, again].join(
    "\n",
  );
}
