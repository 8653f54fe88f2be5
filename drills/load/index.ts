import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { projectRoot } from "../../local/paths";
import { parseLines, type Second, type Summary } from "./report";
import { loadSpec, type LoadOptions } from "./spec";

export type { Counts, Example, KindSummary, Latency, Second, Summary } from "./report";
export { kinds, mixed, type Kind, type LoadOptions, type Traffic } from "./spec";

const program = path.join(__dirname, "client.ts");
/** How much of what a load says on standard error is kept. */
const saidBytes = 2_000;

export interface LoadPlace {
  /** Where its JSON lines go: one a second, and its summary in the end. It is written anew. */
  file: string;
  /** A process whose network the clients have; default this host's. */
  networkOf?: number;
}

/** A load that goes on in a process of its own. */
export interface Load {
  /** What ended in each second so far. */
  seconds(): Promise<Second[]>;
  /** Its end, when its time or requests are used up or it was stopped. Rejects when its process ends without a summary. */
  ended: Promise<Summary>;
  /** Lets nothing new begin; what is in flight gets five seconds. */
  stop(): Promise<Summary>;
}

/**
 * Starts a load, and resolves when its first second is over. It ends with this process at the latest.
 * @throws Error with a sentence for each fault of the options, or when its process cannot run
 */
export async function startLoad(options: LoadOptions, { file, networkOf }: LoadPlace): Promise<Load> {
  const spec = loadSpec(options);
  const output = openSync(file, "w", 0o600);
  const command = [process.execPath, "--import", "tsx", program];
  const within = networkOf === undefined ? [] : ["nsenter", "--target", String(networkOf), "--net", "--"];
  const [name, ...words] = [...within, ...command];
  const child = spawn(name!, words, { cwd: projectRoot, stdio: ["pipe", output, "pipe"] });
  closeSync(output);
  child.stdin!.on("error", () => undefined).write(`${JSON.stringify(spec)}\n`);

  const lines = async () => parseLines(await readFile(file, "utf8"));
  const ended = summaryOf(child, lines);
  ended.catch(() => undefined);
  const load: Load = {
    seconds: async () => (await lines()).filter((line) => line.what === "second"),
    ended,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
  await Promise.race([firstLine(lines), ended]);
  return load;
}

async function summaryOf(child: ChildProcess, lines: () => Promise<(Second | Summary)[]>): Promise<Summary> {
  let said = "";
  child.stderr!.on("data", (part: Buffer) => (said = (said + part.toString()).slice(-saidBytes)));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  const last = (await lines()).at(-1);
  if (last?.what === "summary") return last;
  throw new Error(`the load ended without a summary (${signal ?? `exit code ${code}`}): ${said.trim()}`);
}

async function firstLine(lines: () => Promise<unknown[]>): Promise<void> {
  while ((await lines()).length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
}
