import type { Course } from "./course";
import { session } from "./kinds/h2";
import { kept } from "./kinds/keepalive";
import { fresh } from "./kinds/new";
import { slow } from "./kinds/slow";
import { uploads } from "./kinds/upload";
import { held } from "./kinds/ws";
import { kinds, type Kind, type LoadSpec, type Traffic } from "./spec";
import type { Tally } from "./tally";

/** What one client of a kind works with. */
export interface Clients<K extends Kind> {
  spec: LoadSpec;
  course: Course;
  tally: Tally;
  settings: NonNullable<Traffic[K]>;
  /** From the beginning of one request to that of the next, on average, in ms. */
  interval: number;
}

const client: { [K in Kind]: (clients: Clients<K>) => Promise<void> } = {
  new: fresh,
  keepalive: kept,
  h2: session,
  ws: held,
  upload: uploads,
  slow,
};

/** Lets all clients of all kinds act until the load ends, and resolves when nothing is in flight any more. */
export async function act(spec: LoadSpec, course: Course, tally: Tally): Promise<void> {
  await Promise.all(kinds.map((kind) => actAs(kind, spec, course, tally)));
}

async function actAs<K extends Kind>(kind: K, spec: LoadSpec, course: Course, tally: Tally): Promise<void> {
  const settings = spec.traffic[kind];
  if (!settings) return;
  const interval = "perSecond" in settings ? (settings.clients * 1000) / settings.perSecond : 0;
  const each = () => client[kind]({ spec, course, tally, settings, interval });
  await Promise.all(Array.from({ length: settings.clients }, each));
}
