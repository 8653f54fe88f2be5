import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { mixed, startLoad, type LoadOptions } from "../drills/load";
import { projectRoot } from "../local/paths";
import { withChangedCopy } from "./changedCopy";
import { onCluster, site } from "./cluster";
import { deployTable, failures, type DeployRecord } from "./deployFigures";
import { timed, type Figure } from "./figures";
import { buildOf, keep, kept, recordsOf } from "./records";

const example = path.join(projectRoot, "example");
const recordsFile = recordsOf("deploy");

/** How long there is load before a deploy, between it and the rollback, and afterwards, in seconds. */
const around = 5;

/**
 * Deploys a changed copy of the example and rolls it back, under all kinds of traffic at once, and counts what failed.
 * @param perSecond requests, beside websockets, uploads and slow requests
 */
export async function deploy(samples: number, perSecond = 100): Promise<Figure[]> {
  return onCluster(async () => {
    const build = await buildOf(["agent", "cli", "components", "drills/load", "example", "templates"]);
    const options = { ...(await site()), postPath: "/api/notes", traffic: mixed(perSecond) };
    for (let at = 1; at <= samples; at++) {
      const line = `// Release ${at} of a benchmark, ${new Date().toISOString()}.`;
      const record = { build, ...(await withChangedCopy(example, line, (copy) => shipped(options, copy))) };
      await keep(record, recordsFile);
      console.log([`deploy, ${at} of ${samples}: ${sentence(record)}`, ...failures(record)].join("\n"));
    }
    const all = await kept<DeployRecord>(build, recordsFile);
    console.log(`\nBuild ${build}, all ${all.length} runs kept in ${recordsFile}:\n\n${deployTable(all)}\n`);
    return [
      {
        what: "trivet deploy of a changed example, under load",
        unit: "s",
        samples: all.map((run) => run.deploySeconds),
      },
      { what: "trivet rollback, under load", unit: "s", samples: all.map((run) => run.rollbackSeconds) },
    ];
  });
}

/** @throws Error when the deploy or the rollback fails, or when no client saw the new release, so that nothing was measured */
async function shipped(options: LoadOptions, directory: string): Promise<Omit<DeployRecord, "build">> {
  const load = await startLoad(options, { file: path.join(directory, "..", "load.jsonl") });
  try {
    await sleep(around * 1000);
    const deploySeconds = await timed(() => trivet("deploy", directory, "-s", "local"));
    await sleep(around * 1000);
    const rollbackSeconds = await timed(() => trivet("rollback", "-s", "local"));
    await sleep(around * 1000);
    const { from, seconds, total, kinds, releases, examples } = await load.stop();
    if (Object.keys(releases).length < 2)
      throw new Error(`no client saw two releases, so nothing was measured: ${JSON.stringify(releases)}`);
    return { at: from, seconds, deploySeconds, rollbackSeconds, total, kinds, releases, examples };
  } finally {
    await load.stop().catch(() => undefined);
  }
}

async function trivet(...words: string[]): Promise<void> {
  const { exitCode, all } = await execa("bin/trivet", words, { cwd: projectRoot, all: true, reject: false });
  if (exitCode !== 0) throw new Error(`trivet ${words[0]} failed:\n${all?.split("\n").slice(-20).join("\n")}`);
}

const sentence = ({ deploySeconds, rollbackSeconds, total }: DeployRecord) =>
  `deployed in ${deploySeconds.toFixed(1)} s, rolled back in ${rollbackSeconds.toFixed(1)} s; ` +
  `${total.failed} of ${total.requests} requests failed, ${total.repeated} repeated, ${total.reconnected} websockets reconnected`;
