import type { BalancerSpec, MachineSpec } from "../fabric/types";
import { sizeOf } from "./catalogue";
import { hasTag } from "./firewallRules";
import type { Balancer, Droplet, Records } from "./records";

/** How the books' entries read to the fabric. */

export function machineSpec(droplet: Droplet): MachineSpec {
  return {
    id: droplet.id,
    name: droplet.name,
    image: droplet.image,
    memoryMiB: sizeOf(droplet.size).memoryMiB,
    diskGiB: droplet.diskGiB,
    vpcId: droplet.vpcId,
    publicIp: droplet.publicIp,
    privateIp: droplet.privateIp,
    userData: droplet.userData,
    publicKeys: droplet.publicKeys,
  };
}

/** The droplets behind a balancer: those with its tag, or those that it names, as far as they are in its VPC. */
export function backendsOf(balancer: Balancer, records: Readonly<Records>): Droplet[] {
  return records.droplets.filter(
    (droplet) =>
      droplet.vpcId === balancer.vpcId &&
      droplet.phase !== "deleting" &&
      (balancer.tag ? hasTag(droplet.tags, balancer.tag) : balancer.dropletIds.includes(droplet.id)),
  );
}

export function balancerSpec(balancer: Balancer, records: Readonly<Records>): BalancerSpec {
  const check = balancer.healthCheck;
  return {
    id: balancer.id,
    name: balancer.name,
    publicIp: balancer.publicIp,
    vpcId: balancer.vpcId,
    vpcIp: balancer.vpcIp,
    proxyProtocol: balancer.proxyProtocol,
    idleTimeoutSeconds: balancer.idleTimeoutSeconds,
    rules: balancer.rules.map((rule) => ({ entryPort: rule.entry_port, targetPort: rule.target_port })),
    healthCheck: {
      protocol: check.protocol,
      port: check.port,
      ...(check.path !== undefined && { path: check.path }),
      intervalSeconds: check.check_interval_seconds,
      timeoutSeconds: check.response_timeout_seconds,
      unhealthyThreshold: check.unhealthy_threshold,
      healthyThreshold: check.healthy_threshold,
    },
    backends: backendsOf(balancer, records).map(({ id, name, privateIp }) => ({ machineId: id, name, privateIp })),
  };
}
