import { Command, Option } from "commander";
import { failover } from "./failover";
import { circumstances, table, type Figure } from "./figures";
import { memory } from "./memory";
import { patroni } from "./patroni";
import { unchanged } from "./unchanged";
import { upCold, upWarm } from "./up";

interface Benchmark {
  /** Returns figures for the table at the end; those with tables of their own print them. */
  run: (samples: number, only?: string) => Promise<Figure[]>;
  /** How often, when that is not said. */
  samples: number;
}

/** Each may need a cluster that is up or none at all. */
const benchmarks: Record<string, Benchmark> = {
  up: { run: upWarm, samples: 3 },
  cold: { run: upCold, samples: 3 },
  unchanged: { run: unchanged, samples: 3 },
  memory: { run: memory, samples: 3 },
  failover: { run: failover, samples: 5 },
  patroni: { run: patroni, samples: 5 },
};

interface Options {
  samples?: number;
  only?: string;
}

new Command("bench")
  .description("measure what docs/benchmarks.md promises")
  .argument("[names...]", `of ${Object.keys(benchmarks).join(", ")}; up, unchanged and memory when not given`)
  .addOption(new Option("-n, --samples <number>", "how often").argParser(Number))
  .option("--only <text>", "of failover and patroni, only what has this in its name")
  .action(async (names: string[], { samples, only }: Options) => {
    const chosen = names.length === 0 ? ["up", "unchanged", "memory"] : names;
    const unknown = chosen.find((name) => !Object.hasOwn(benchmarks, name));
    if (unknown !== undefined)
      throw new Error(`there is no benchmark "${unknown}"; there are ${Object.keys(benchmarks).join(", ")}.`);
    const figures: Figure[] = [];
    for (const name of chosen) {
      const benchmark = benchmarks[name]!;
      figures.push(...(await benchmark.run(samples ?? benchmark.samples, only)));
    }
    console.log(`\n${circumstances()}`);
    if (figures.length > 0) console.log(`\n${table(figures)}`);
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
