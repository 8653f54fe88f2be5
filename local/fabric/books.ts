import * as path from "node:path";
import { UserError } from "../../cli/errors";
import { list, readJson } from "./files";
import type { Places } from "./places";
import type { BalancerSpec, MachineSpec, VpcSpec } from "./types";

export async function machineSpecs(places: Places): Promise<MachineSpec[]> {
  const ids = await list(places.machines);
  const specs = await Promise.all(ids.map((id) => readJson<MachineSpec>(places.machine(Number(id)).spec)));
  return specs.filter((spec) => spec !== undefined);
}

/** @throws Error when there is no such machine */
export async function specOf(places: Places, id: number): Promise<MachineSpec> {
  const spec = await readJson<MachineSpec>(places.machine(id).spec);
  if (spec === undefined) throw new Error(`local cloud: there is no machine ${id}`);
  return spec;
}

/**
 * The machine of that name; the newest, where a replacement and the machine that it replaces both exist.
 * @throws UserError naming the machines there are
 */
export async function named(places: Places, name: string): Promise<MachineSpec> {
  const all = await machineSpecs(places);
  const found = all.filter((spec) => spec.name === name).sort((a, b) => b.id - a.id)[0];
  if (found !== undefined) return found;
  const names = all.map((spec) => spec.name).join(", ") || "no machine at all";
  throw new UserError(`local cloud: there is no machine "${name}"; there is ${names}`);
}

export async function findVpc(places: Places, id: string): Promise<VpcSpec | undefined> {
  return readJson<VpcSpec>(path.join(places.vpcs, `${id}.json`));
}

/** @throws Error when there is no such VPC */
export async function vpcOf(places: Places, id: string): Promise<VpcSpec> {
  const vpc = await findVpc(places, id);
  if (vpc === undefined) throw new Error(`local cloud: there is no VPC ${id}`);
  return vpc;
}

export async function balancerSpecs(places: Places): Promise<BalancerSpec[]> {
  const ids = await list(places.balancers);
  const specs = await Promise.all(ids.map((id) => readJson<BalancerSpec>(places.balancer(id).spec)));
  return specs.filter((spec) => spec !== undefined);
}
