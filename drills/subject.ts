import type { HostFabric, Machine } from "../local/fabric";
import type { ClientSpec } from "./events";
import type { Row } from "./history";

export type DatabaseRole = "primary" | "standby" | "down";

/** A cluster that drills are done on: Trivet's own, or a peer's on the same kind of machines. */
export interface Subject {
  name: string;
  fabric: HostFabric;
  /** Short names; every node has a database. */
  nodes: string[];
  machine(node: string): Promise<Machine>;
  /** The clients of each node, with their credentials. */
  clients(): Promise<Record<string, ClientSpec[]>>;
  /** Whose write gap is promised: applications' clients where there is a pooler, else those of the databases. */
  measured: "pooler" | "direct";
  roles(): Promise<Record<string, DatabaseRole>>;
  /** Why it is not whole: one primary, everyone else streaming from it, every pooler routed to it. Empty when it is. */
  problems(): Promise<string[]>;
  /** Makes the table of the writes, where it is missing. */
  prepare(): Promise<void>;
  /** The rows of a run, from the node. */
  rows(node: string, run: string): Promise<Row[]>;
  /** Moves the primary in an orderly way, and resolves when that is done. @throws Error when it was refused */
  switchover(): Promise<void>;
  /** systemd's units whose journals tell what happened. */
  units: string[];
  redis?: RedisSubject;
  /** What a node says of itself; for the timeline. */
  status?(node: string): Promise<string>;
}

export interface RedisSubject {
  /** The node whose redis calls itself master, if exactly one does. */
  master(): Promise<string | undefined>;
  /** The ids of a run, as rows, from the node. */
  rows(node: string, run: string): Promise<Row[]>;
  /** Removes a run's ids. */
  forget(node: string, run: string): Promise<void>;
}

/** The one primary. @throws Error when there is none or more than one */
export async function primaryOf(subject: Subject): Promise<string> {
  const roles = await subject.roles();
  const primaries = subject.nodes.filter((node) => roles[node] === "primary");
  const [primary] = primaries;
  if (primaries.length !== 1 || primary === undefined)
    throw new Error(
      `${subject.name} has ${primaries.length} primaries, and a drill begins with one: ${JSON.stringify(roles)}`,
    );
  return primary;
}
