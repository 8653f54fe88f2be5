import { z } from "zod";
import { readSwitched, type Switched } from "./history";

/** Whether the load balancer may send a node requests, as its agent tells; an older agent does not. */
export interface Rotation {
  in: boolean;
  /** A sentence, for people. */
  why: string;
}

/** What a node has: the releases that are ready to run there, the one that runs, and its workers. */
export interface NodeState {
  ready: string[];
  /** Begun by a deploy that broke off. */
  unfinished: string[];
  current: string | undefined;
  workers: number[];
  /** Whether every worker answers its health check. */
  healthy: boolean;
  rotation: Rotation | undefined;
  /** Of the file system that the releases are on, in bytes. */
  disk: { free: number; size: number };
  /** Oldest first. */
  history: Switched[];
}

const agentStatus = z.object({ health: z.object({ in: z.boolean(), why: z.string().nullish() }) });

/** Reads what on-node/state.sh prints: lines of name=value. */
export function readState(output: string): NodeState {
  const values = (name: string) =>
    output.split("\n").flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
  return {
    ready: values("ready"),
    unfinished: values("unfinished"),
    current: values("current")[0],
    workers: values("worker").map(Number),
    healthy: values("healthy")[0] === "yes",
    rotation: readRotation(values("agent")[0] ?? ""),
    disk: { free: Number(values("free")[0] ?? 0), size: Number(values("size")[0] ?? 0) },
    history: values("history").flatMap((line) => readSwitched(line) ?? []),
  };
}

function readRotation(status: string): Rotation | undefined {
  try {
    const { health } = agentStatus.parse(JSON.parse(status));
    return { in: health.in, why: health.why ?? "" };
  } catch {
    return undefined;
  }
}

/** Whether a node takes requests: by its agent's word, else by its workers'. */
export function inRotation({ rotation, healthy }: NodeState): boolean {
  return rotation?.in ?? healthy;
}

/** Why it does not. */
export function whyOut({ rotation, healthy }: NodeState): string {
  return (
    (rotation?.why ?? "").replace(/\.$/, "") ||
    (healthy ? "no reason given" : "its workers do not answer their health check")
  );
}
