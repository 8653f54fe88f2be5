import type { Unwrap } from "@pulumi/pulumi";
import type { types } from "@pulumi/digitalocean";

type Inbound = Unwrap<types.input.FirewallInboundRule>;
type Outbound = Unwrap<types.input.FirewallOutboundRule>;

/** Whom a rule is about, in the API's words. */
interface Peers {
  addresses?: string[];
  droplet_ids?: number[];
  kubernetes_ids?: string[];
  load_balancer_uids?: string[];
  tags?: string[];
}

interface ApiRule {
  protocol: string;
  ports?: string;
  action?: string;
}
export type ApiInbound = ApiRule & { sources: Peers };
export type ApiOutbound = ApiRule & { destinations: Peers };

export function toApiInbound(rule: Inbound): ApiInbound {
  return {
    ...commonToApi(rule),
    sources: filled({
      addresses: rule.sourceAddresses,
      droplet_ids: rule.sourceDropletIds,
      kubernetes_ids: rule.sourceKubernetesIds,
      load_balancer_uids: rule.sourceLoadBalancerUids,
      tags: rule.sourceTags,
    }),
  };
}

export function toApiOutbound(rule: Outbound): ApiOutbound {
  return {
    ...commonToApi(rule),
    destinations: filled({
      addresses: rule.destinationAddresses,
      droplet_ids: rule.destinationDropletIds,
      kubernetes_ids: rule.destinationKubernetesIds,
      load_balancer_uids: rule.destinationLoadBalancerUids,
      tags: rule.destinationTags,
    }),
  };
}

export function fromApiInbound({ sources, ...rule }: ApiInbound): Inbound {
  return {
    ...commonFromApi(rule),
    ...filled({
      sourceAddresses: sources.addresses,
      sourceDropletIds: sources.droplet_ids,
      sourceKubernetesIds: sources.kubernetes_ids,
      sourceLoadBalancerUids: sources.load_balancer_uids,
      sourceTags: sources.tags,
    }),
  };
}

export function fromApiOutbound({ destinations, ...rule }: ApiOutbound): Outbound {
  return {
    ...commonFromApi(rule),
    ...filled({
      destinationAddresses: destinations.addresses,
      destinationDropletIds: destinations.droplet_ids,
      destinationKubernetesIds: destinations.kubernetes_ids,
      destinationLoadBalancerUids: destinations.load_balancer_uids,
      destinationTags: destinations.tags,
    }),
  };
}

/** One sentence for each rule that the API would refuse. */
export function checkRule({ protocol, portRange }: Inbound | Outbound): string[] {
  if (!["tcp", "udp", "icmp"].includes(protocol))
    return [`a rule's protocol must be tcp, udp or icmp, got: ${protocol}`];
  return protocol !== "icmp" && !portRange ? [`a rule for ${protocol} needs portRange, such as "443" or "all"`] : [];
}

function commonToApi({ protocol, portRange, action }: Inbound | Outbound): ApiRule {
  return { protocol, ...(portRange && { ports: portRange }), ...(action && { action }) };
}

/** The API says "0" for all ports, and for a protocol that has none. */
function commonFromApi({ protocol, ports, action }: ApiRule) {
  const portRange = ports !== "0" ? ports : protocol === "icmp" ? undefined : "all";
  return { protocol, ...(portRange && { portRange }), ...(action && { action }) };
}

function filled<Lists extends object>(lists: Lists): Partial<Lists> {
  return Object.fromEntries(
    Object.entries(lists).filter(([, list]) => Array.isArray(list) && list.length > 0),
  ) as Partial<Lists>;
}
