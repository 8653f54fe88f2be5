import { execa } from "execa";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { projectRoot, stateDir } from "../local/paths";
import { timed, type Figure } from "./figures";

/** From no local cloud to the first HTTPS 200 through the balancer; engine, image and packages are in the cache. */
export async function upWarm(samples: number): Promise<Figure[]> {
  return [{ what: "empty to https 200, caches warm", unit: "s", samples: await ups(samples, {}) }];
}

/** The same with an empty cache: the engine is built, the image made, every package downloaded. */
export async function upCold(samples: number): Promise<Figure[]> {
  const seconds: number[] = [];
  for (let at = 0; at < samples; at++) {
    const cache = await mkdtemp(path.join(tmpdir(), "trivet-bench-"));
    const go = {
      GOCACHE: path.join(cache, "go-build"),
      GOMODCACHE: path.join(cache, "go-mod"),
      GOFLAGS: "-modcacherw",
    };
    try {
      seconds.push(...(await ups(1, { TRIVET_CACHE: path.join(cache, "trivet"), ...go })));
    } finally {
      await rm(cache, { recursive: true, force: true });
    }
  }
  return [{ what: "empty to https 200, caches cold", unit: "s", samples: seconds }];
}

/** Leaves no cloud behind but the last one, so that what is measured next has one. */
async function ups(samples: number, env: Record<string, string>): Promise<number[]> {
  if (existsSync(stateDir))
    throw new Error("a local cloud is up; `npm run down` first, since this measures from nothing");
  const seconds: number[] = [];
  for (let at = 0; at < samples; at++) {
    if (at > 0) await npm("down", env);
    seconds.push(await timed(() => npm("up", env)));
    console.log(`up: ${seconds.at(-1)!.toFixed(1)} s`);
  }
  if (env.TRIVET_CACHE) await npm("down", env);
  return seconds;
}

async function npm(script: string, env: Record<string, string>): Promise<void> {
  const { exitCode, all } = await execa("npm", ["run", script], { cwd: projectRoot, env, all: true, reject: false });
  if (exitCode !== 0) throw new Error(`npm run ${script} failed:\n${all?.split("\n").slice(-20).join("\n")}`);
}
