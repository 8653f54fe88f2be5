import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import { UserError } from "../../cli/errors";
import { pidsOf, signal } from "./cgroup";

/** A process in a machine. */
export interface MachineProcess {
  /** As this host counts. */
  pid: number;
  /** As the machine counts. */
  pidInside: number;
  /** The full command line. */
  command: string;
}

/**
 * A signal by name: "STOP", "stop" and "SIGSTOP" are the same.
 * @throws UserError when there is no such signal
 */
export function signalNamed(given: string): NodeJS.Signals {
  const name = `SIG${given.toUpperCase().replace(/^SIG/, "")}`;
  if (name in constants.signals) return name as NodeJS.Signals;
  throw new UserError(`local cloud: "${given}" is no signal; wanted a name such as STOP, CONT, TERM or KILL.`);
}

/**
 * A regular expression for command lines.
 * @throws UserError when it is none, or empty, which would match every process
 */
export function commandPattern(given: string): RegExp {
  if (given === "") throw new UserError("local cloud: the pattern is empty and would match every process.");
  try {
    return new RegExp(given);
  } catch {
    throw new UserError(`local cloud: the pattern "${given}" is no regular expression.`);
  }
}

/** The machine's processes of a control group; what keeps the machine running from outside is not among them. */
export async function processesOf(group: string): Promise<MachineProcess[]> {
  const found = await Promise.all((await pidsOf(group)).map(read));
  return found.filter((process) => process !== undefined);
}

/** Sends a signal to all of them within one turn, so that none can react to another's end. */
export function signalAll(processes: MachineProcess[], name: NodeJS.Signals): void {
  for (const { pid } of processes) signal(pid, name);
}

/** Undefined for what has ended, has no command line, or is not in a machine's own pid namespace. */
async function read(pid: number): Promise<MachineProcess | undefined> {
  const [status, line] = await Promise.all(
    ["status", "cmdline"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
  );
  const [, inside] = /^NSpid:\t\d+\t(\d+)/m.exec(status ?? "") ?? [];
  const command = (line ?? "").replaceAll("\0", " ").trim();
  return inside === undefined || command === "" ? undefined : { pid, pidInside: Number(inside), command };
}
