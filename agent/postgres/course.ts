import { open, readFile, rename, writeFile } from "node:fs/promises";
import type { Peer } from "../settings";
import type { Course } from "./database";

/**
 * The file that PostgreSQL's settings include. It lies beside the data, not in it: a copy of another node's data must not
 * bring that node's course along.
 */
export const courseFile = "/var/lib/postgresql/17/course.conf";

const mark = "# course: ";

/**
 * How long PostgreSQL waits until it looks again for log that it lacks, in milliseconds. A vote waits until it has looked
 * in vain a few times. It writes a line to its log each time, so a standby that nobody leads for long is told to be patient.
 */
export const retryInterval = { eager: 20, patient: 30_000 };

export function courseText(course: Course, self: string, nodes: Peer[], retry: number = retryInterval.eager): string {
  const upstream = nodes.find(({ name }) => name === course.follow);
  return [
    "# Written by trivet-agent.",
    `${mark}${JSON.stringify(course)}`,
    `primary_conninfo = '${upstream ? `${conninfo(upstream.ip)} application_name=${self}` : ""}'`,
    `primary_slot_name = '${upstream ? slotName(self, course.term) : ""}'`,
    `wal_retrieve_retry_interval = ${retry}ms`,
    `synchronous_standby_names = '${course.synchronousStandbyNames}'`,
    "",
  ].join("\n");
}

/** How one node's PostgreSQL reaches another's. */
export const conninfo = (ip: string): string =>
  [
    `host=${ip} port=5432 user=replication passfile=/etc/trivet/postgres/pgpass connect_timeout=3`,
    "sslmode=verify-full sslrootcert=/etc/trivet/tls/ca.crt sslcert=/etc/trivet/tls/node.crt sslkey=/etc/trivet/tls/node.key",
    "keepalives_idle=2 keepalives_interval=1 keepalives_count=3 tcp_user_timeout=4000",
  ].join(" ");

/**
 * PostgreSQL allows no hyphen in a slot's name. With the term in it, a standby that still waits for a leader of the past
 * gets nothing from the same node when that leads again: PostgreSQL itself would only compare timelines' numbers.
 */
export const slotName = (node: string, term = 0): string => `${node.replaceAll("-", "_")}_${term}`;

export async function readCourse(file: string): Promise<Course> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const line = text.split("\n").find((line) => line.startsWith(mark));
  return line ? (JSON.parse(line.slice(mark.length)) as Course) : { follow: null, synchronousStandbyNames: "" };
}

/** Atomically, and on the disk when it resolves: a voter's word must survive a power cut. */
export async function writeCourse(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
  const folder = await open(file.slice(0, file.lastIndexOf("/")), "r");
  await folder.sync().finally(() => folder.close());
}
