import { rm } from "node:fs/promises";
import * as path from "node:path";
import { writeJson } from "./books";
import { locked } from "./lock";
import * as machines from "./machine";
import { putVpcBridge, removeVpcBridge, startNetwork } from "./network";
import { takeOwnership } from "./owner";
import { Places } from "./places";
import { startServices } from "./services";
import type { Fabric } from "./types";

export type * from "./types";

export function hostFabric(stateDir: string): Fabric {
  const places = new Places(stateDir);
  return {
    start: () =>
      locked("network", async () => {
        await takeOwnership(places);
        await startNetwork();
        await startServices(places);
      }),
    putVpc: (vpc) =>
      locked("network", async () => {
        await writeJson(path.join(places.vpcs, `${vpc.id}.json`), vpc);
        await putVpcBridge(vpc);
      }),
    removeVpc: (id) =>
      locked("network", async () => {
        await removeVpcBridge(await machines.vpcOf(places, id));
        await rm(path.join(places.vpcs, `${id}.json`));
      }),
    putMachine: (m) => locked(`machine-${m.id}`, () => machines.putMachine(places, m)),
    powerOff: (id, how) => locked(`machine-${id}`, () => machines.powerOff(places, id, how)),
    powerOn: (id) => locked(`machine-${id}`, () => machines.powerOn(places, id)),
    removeMachine: (id) => locked(`machine-${id}`, () => machines.removeMachine(places, id)),
    machineState: (id) => machines.machineState(places, id),
    setFirewalls: async () => {},
    putBalancer: async () => {},
    removeBalancer: async () => {},
  };
}
