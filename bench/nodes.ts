import { hostFabric } from "../local/fabric";
import { inside } from "../local/inside";
import { paths } from "../local/paths";

/** Runs a command in every machine that is on and resolves to what each wrote. */
export async function inEveryNode(command: string): Promise<string[]> {
  const machines = (await hostFabric(paths.cloud).machines()).filter(({ state }) => state === "active");
  if (machines.length === 0) throw new Error("no cluster is up; `npm run up` first");
  return Promise.all(machines.map((machine) => inside(machine, command)));
}
