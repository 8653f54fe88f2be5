/**
 * What the DigitalOcean-compatible API asks of the machines' side. The API keeps the account's books; the fabric makes
 * them true on this host. Every call is idempotent, so that a restarted API can say everything again.
 */
export interface Fabric {
  /** Makes the namespace, bridges and routes where they are missing; finds machines that already run. */
  start(): Promise<void>;

  putVpc(vpc: VpcSpec): Promise<void>;
  removeVpc(id: string): Promise<void>;

  /** Makes the machine's disk from its image if it has none, and starts it unless it runs or was switched off. */
  putMachine(machine: MachineSpec): Promise<void>;
  powerOff(id: number, how: "pull-the-plug" | "shutdown"): Promise<void>;
  powerOn(id: number): Promise<void>;
  removeMachine(id: number): Promise<void>;
  machineState(id: number): Promise<MachineState>;

  /**
   * The complete compiled rules of every firewalled machine; replaces what was there in one transaction.
   * It is called before putMachine and may name machines that do not exist yet, so that none is ever up without its rules.
   */
  setFirewalls(machines: FirewalledMachine[]): Promise<void>;

  /** Starts, or reconfigures without dropping established connections, the TCP proxy of one load balancer. */
  putBalancer(balancer: BalancerSpec): Promise<void>;
  removeBalancer(id: string): Promise<void>;
}

/** "new" until the machine's first boot has begun; "off" when switched off or cut. */
export type MachineState = "new" | "active" | "off" | "absent";

export interface VpcSpec {
  id: string;
  /** CIDR; its first address is the gateway, the next ones are handed out by the API. */
  ipRange: string;
}

export interface MachineSpec {
  id: number;
  /** The droplet's name, and the machine's first host name. */
  name: string;
  image: string;
  memoryMiB: number;
  diskGiB: number;
  vpcId: string;
  publicIp: string;
  privateIp: string;
  /** cloud-init user data, verbatim; empty for none. */
  userData: string;
  /** authorized_keys lines for root. */
  publicKeys: string[];
}

/** A rule's other end is already resolved to addresses: the API knows tags, droplets and load balancers, the fabric does not. */
export interface FirewallRule {
  protocol: "tcp" | "udp" | "icmp";
  /** "22", "8000-9000", or "all". Absent for icmp. */
  ports?: string;
  /** CIDRs or single addresses, IPv4 and IPv6 as given; the fabric enforces IPv4 and drops all IPv6. */
  addresses: string[];
}

export interface FirewalledMachine {
  machineId: number;
  inbound: FirewallRule[];
  outbound: FirewallRule[];
}

export interface BalancerSpec {
  id: string;
  name: string;
  publicIp: string;
  /** Its address in the VPC: what the droplets see as the source of every connection. */
  vpcId: string;
  vpcIp: string;
  proxyProtocol: boolean;
  /** Idle timeout in seconds; 60 is DigitalOcean's default. */
  idleTimeoutSeconds: number;
  rules: { entryPort: number; targetPort: number }[];
  healthCheck: {
    protocol: "http" | "https" | "tcp";
    port: number;
    /** Only for http and https. */
    path?: string;
    intervalSeconds: number;
    timeoutSeconds: number;
    unhealthyThreshold: number;
    healthyThreshold: number;
  };
  backends: { machineId: number; name: string; privateIp: string }[];
}
