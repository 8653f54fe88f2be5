import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { act } from "./clients";
import { Course } from "./course";
import type { Line } from "./report";
import type { LoadSpec } from "./spec";
import { Tally } from "./tally";

/**
 * A load, as a process of its own, so that nothing else delays its clients. Takes its orders on standard input and writes
 * a JSON line each second and its summary to standard output. Ends with its orders, on SIGTERM, or with standard input.
 */

const tell = (line: Line) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function load(spec: LoadSpec): Promise<void> {
  const course = new Course(spec.requests);
  const tally = new Tally(spec.run, course);
  const end = () => course.end();
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  input.once("close", end);
  const bound = setTimeout(end, spec.seconds * 1000);
  const telling = setInterval(() => tell(tally.second()), 1000);
  // A kind that does not heed the end must not keep the summary back.
  const late = new Promise((resolve) => course.over.addEventListener("abort", resolve)).then(() => sleep(2_000));
  await Promise.race([act(spec, course, tally), late]);
  clearTimeout(bound);
  clearInterval(telling);
  tell(tally.second());
  tell(tally.summary());
}

const input = createInterface(process.stdin);
input.once("line", (line) => void load(JSON.parse(line) as LoadSpec).then(() => process.exit(0)));
