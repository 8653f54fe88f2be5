/** The form of a stack's outputs, for a tool in TypeScript that reads them. */
export const outputsTypes = `/** What "pulumi stack output --json --show-secrets" and "trivet outputs" print of a Trivet stack. */
export interface TrivetOutputs {
  /** The form of these outputs. */
  schemaVersion: 1;
  /** Where the application answers. */
  url: string;
  /** The host names that nginx serves, the main one first. */
  domains: string[];
  /** The host name of each site by its name; "main" is always there. */
  sites: Record<string, string> & { main: string };
  /** The address that the domains must point at. */
  loadBalancerIp: string;
  /** In the shape's order. */
  nodes: { name: string; publicIp: string; privateIp: string }[];
  /** Who logs in on the nodes. */
  sshUser: string;
  /** Secret: the stack's own SSH key, in OpenSSH's form. */
  deployPrivateKey: string;
  /** A line for each node in the form of a known_hosts file. */
  knownHosts: string;
  /** The certificate of the stack's own authority, in PEM. */
  caCertificate: string;
  /** The names in the application's environment. */
  appEnv: string[];
  /** List prices of droplets and balancer. */
  monthlyCostUsd: number;
}
`;
