import { Command, Option } from "commander";
import { circumstances, table, type Figure } from "./figures";
import { memory } from "./memory";
import { unchanged } from "./unchanged";
import { upCold, upWarm } from "./up";

/** Each is run with the number of samples asked for, and may need a cluster that is up or none at all. */
const benchmarks: Record<string, (samples: number) => Promise<Figure[]>> = {
  up: upWarm,
  cold: upCold,
  unchanged,
  memory,
};

new Command("bench")
  .description("measure what docs/benchmarks.md promises")
  .argument("[name]", `one of ${Object.keys(benchmarks).join(", ")}; all but cold when not given`)
  .addOption(new Option("-n, --samples <number>", "how often").default(3).argParser(Number))
  .action(async (name: string | undefined, { samples }: { samples: number }) => {
    const chosen = name === undefined ? ["up", "unchanged", "memory"] : [name];
    const figures: Figure[] = [];
    for (const each of chosen) {
      const benchmark = benchmarks[each];
      if (!benchmark)
        throw new Error(`there is no benchmark "${each}"; there are ${Object.keys(benchmarks).join(", ")}.`);
      figures.push(...(await benchmark(samples)));
    }
    console.log(`\n${circumstances()}\n\n${table(figures)}`);
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
