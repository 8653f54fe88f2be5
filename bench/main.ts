import { Command, Option } from "commander";
import { wholeNumber } from "../drills/wholeNumber";
import { deploy } from "./deploy";
import { failover } from "./failover";
import { circumstances, table, type Figure } from "./figures";
import { load } from "./load";
import { memory } from "./memory";
import { patroni } from "./patroni";
import { unchanged } from "./unchanged";
import { upCold, upWarm } from "./up";

interface Options {
  samples?: number;
  only?: string;
  rate?: number;
  users?: number;
  seconds?: number;
}

interface Benchmark {
  /** Returns figures for the table at the end; those with tables of their own print them. */
  run: (samples: number, options: Options) => Promise<Figure[]>;
  /** How often, when that is not said. */
  samples: number;
}

/** Each may need a cluster that is up or none at all. */
const benchmarks: Record<string, Benchmark> = {
  up: { run: upWarm, samples: 3 },
  cold: { run: upCold, samples: 3 },
  unchanged: { run: unchanged, samples: 3 },
  memory: { run: memory, samples: 3 },
  failover: { run: (samples, { only }) => failover(samples, only), samples: 5 },
  patroni: { run: (samples, { only }) => patroni(samples, only), samples: 5 },
  deploy: { run: (samples, { rate }) => deploy(samples, rate), samples: 10 },
  load: { run: load, samples: 1 },
};

new Command("bench")
  .description("measure what docs/benchmarks.md promises")
  .argument("[names...]", `of ${Object.keys(benchmarks).join(", ")}; up, unchanged and memory when not given`)
  .addOption(new Option("-n, --samples <number>", "how often").argParser(wholeNumber(1, 10_000)))
  .option("--only <text>", "of failover and patroni, only what has this in its name")
  .addOption(
    new Option("--rate <number>", "of deploy, requests a second; 100 when not given").argParser(wholeNumber(1, 10_000)),
  )
  .addOption(
    new Option("--users <number>", "of load, how many at once; 300 when not given").argParser(wholeNumber(1, 2_000)),
  )
  .addOption(
    new Option("--seconds <number>", "of load, how long each part lasts; 60 when not given").argParser(
      wholeNumber(1, 86_400),
    ),
  )
  .action(async (names: string[], options: Options) => {
    const chosen = names.length === 0 ? ["up", "unchanged", "memory"] : names;
    const unknown = chosen.find((name) => !Object.hasOwn(benchmarks, name));
    if (unknown !== undefined)
      throw new Error(`there is no benchmark "${unknown}"; there are ${Object.keys(benchmarks).join(", ")}.`);
    const figures: Figure[] = [];
    for (const name of chosen) {
      const benchmark = benchmarks[name]!;
      figures.push(...(await benchmark.run(options.samples ?? benchmark.samples, options)));
    }
    console.log(`\n${circumstances()}`);
    if (figures.length > 0) console.log(`\n${table(figures)}`);
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
