import { stringify } from "yaml";
import type { Port } from "./ports";
import { cidr, within } from "./ranges";
import type { MachineSpec } from "./types";

/** What cloud-init finds on the machine's disk before its first boot (data source NoCloud), by file name. */
export type Seed = {
  "meta-data": string;
  "user-data": string;
  "vendor-data": string;
  "network-config": string;
};

export interface Surroundings {
  ports: Port[];
  publicRange: string;
  vpcRange: string;
  resolvers: string[];
  /** What the machine trusts beside the public certificate authorities, in PEM. */
  authorities: string[];
}

/** The seed of one machine: static addresses as a droplet's, its user data verbatim, the account's keys for root. */
export function seed(machine: MachineSpec, around: Surroundings): Seed {
  return {
    "meta-data": stringify({
      "instance-id": String(machine.id),
      "local-hostname": machine.name,
      "public-keys": machine.publicKeys.map((key) => key.trim()),
    }),
    "user-data": machine.userData === "" ? "#cloud-config\n{}\n" : machine.userData,
    // The provider's own part: it never mixes with the user's.
    "vendor-data": `#cloud-config\n${stringify({ ca_certs: { trusted: around.authorities } })}`,
    "network-config": stringify({ version: 2, ethernets: ethernets(machine, around) }),
  };
}

function ethernets(machine: MachineSpec, { ports, publicRange, vpcRange, resolvers }: Surroundings) {
  return Object.fromEntries(
    ports.map((port) => {
      const isPublic = port.inside === "eth0";
      return [
        port.inside,
        {
          match: { macaddress: port.mac },
          "set-name": port.inside,
          dhcp4: false,
          dhcp6: false,
          "accept-ra": false,
          addresses: [within(isPublic ? machine.publicIp : machine.privateIp, isPublic ? publicRange : vpcRange)],
          ...(isPublic ? { routes: [{ to: "0.0.0.0/0", via: cidr(publicRange).gateway }] } : {}),
          ...(isPublic ? { nameservers: { addresses: resolvers } } : {}),
        },
      ];
    }),
  );
}
