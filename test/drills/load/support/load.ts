import { act } from "../../../../drills/load/clients";
import { Course } from "../../../../drills/load/course";
import type { Summary } from "../../../../drills/load/report";
import { loadSpec, type LoadOptions } from "../../../../drills/load/spec";
import { Tally } from "../../../../drills/load/tally";

/** Lets a load's clients act within this process, until its requests are used up or `until` resolves. */
export async function loaded(options: LoadOptions, until?: Promise<unknown>): Promise<Summary> {
  const spec = loadSpec(options);
  const course = new Course(spec.requests);
  const tally = new Tally(spec.run, course);
  void until?.then(() => course.end());
  await act(spec, course, tally);
  return tally.summary();
}

/** As fast as one client can. */
export const one = { clients: 1, perSecond: 10_000 };
export const steady = { ...one, idleSeconds: 0 };
