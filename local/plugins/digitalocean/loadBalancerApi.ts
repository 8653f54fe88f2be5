import type { Unwrap } from "@pulumi/pulumi";
import type { LoadBalancerArgs, LoadBalancerState } from "@pulumi/digitalocean";

export type Inputs = Unwrap<LoadBalancerArgs>;
export type State = Unwrap<LoadBalancerState>;

interface ForwardingRule {
  entry_protocol: string;
  entry_port: number;
  target_protocol: string;
  target_port: number;
  certificate_id?: string;
  tls_passthrough?: boolean;
}

interface HealthCheck {
  protocol: string;
  port: number;
  path?: string;
  check_interval_seconds: number;
  response_timeout_seconds: number;
  unhealthy_threshold: number;
  healthy_threshold: number;
}

export interface ApiLoadBalancer {
  id: string;
  name: string;
  ip: string;
  ipv6?: string;
  status: "new" | "active" | "errored";
  algorithm?: string;
  size?: string;
  size_unit?: number;
  type?: string;
  region?: { slug: string };
  forwarding_rules: ForwardingRule[] | null;
  health_check?: HealthCheck;
  sticky_sessions?: { type?: string; cookie_name?: string; cookie_ttl_seconds?: number };
  droplet_ids: number[] | null;
  tag?: string;
  redirect_http_to_https: boolean;
  enable_proxy_protocol: boolean;
  enable_backend_keepalive: boolean;
  disable_lets_encrypt_dns_records?: boolean;
  http_idle_timeout_seconds?: number;
  vpc_uuid?: string;
  subnet_uuid?: string;
  project_id?: string;
  firewall?: { allow?: string[]; deny?: string[] };
}

export const healthcheckDefaults = {
  checkIntervalSeconds: 10,
  responseTimeoutSeconds: 5,
  unhealthyThreshold: 3,
  healthyThreshold: 5,
};

/**
 * The full representation, which both creation and update send: what is left out goes back to its default.
 * What is false or zero is left out, as the official client does.
 */
export function request(inputs: Inputs): object {
  return {
    name: inputs.name,
    region: inputs.region?.toLowerCase(),
    algorithm: inputs.algorithm ?? "round_robin",
    ...(inputs.sizeUnit ? { size_unit: inputs.sizeUnit } : { size: inputs.size || undefined }),
    type: inputs.type || undefined,
    forwarding_rules: inputs.forwardingRules?.map((rule) => ({
      entry_protocol: rule.entryProtocol,
      entry_port: rule.entryPort,
      target_protocol: rule.targetProtocol,
      target_port: rule.targetPort,
      certificate_id: rule.certificateId || undefined,
      tls_passthrough: rule.tlsPassthrough || undefined,
    })),
    health_check: inputs.healthcheck && healthCheck({ ...healthcheckDefaults, ...inputs.healthcheck }),
    sticky_sessions: inputs.stickySessions && {
      type: inputs.stickySessions.type ?? "none",
      cookie_name: inputs.stickySessions.cookieName || undefined,
      cookie_ttl_seconds: inputs.stickySessions.cookieTtlSeconds || undefined,
    },
    ...(inputs.dropletTag ? { tag: inputs.dropletTag } : { droplet_ids: inputs.dropletIds }),
    redirect_http_to_https: inputs.redirectHttpToHttps || undefined,
    enable_proxy_protocol: inputs.enableProxyProtocol || undefined,
    enable_backend_keepalive: inputs.enableBackendKeepalive || undefined,
    disable_lets_encrypt_dns_records: inputs.disableLetsEncryptDnsRecords ?? false,
    http_idle_timeout_seconds: inputs.httpIdleTimeoutSeconds || undefined,
    vpc_uuid: inputs.vpcUuid || undefined,
    subnet_uuid: inputs.subnetUuid || undefined,
    project_id: inputs.projectId || undefined,
    firewall: inputs.firewall && { allow: inputs.firewall.allows, deny: inputs.firewall.denies },
    network: inputs.network || undefined,
    network_stack: inputs.networkStack || undefined,
    tls_cipher_policy: inputs.tlsCipherPolicy || undefined,
  };
}

function healthCheck(check: NonNullable<Inputs["healthcheck"]> & typeof healthcheckDefaults): HealthCheck {
  return {
    protocol: check.protocol,
    port: check.port,
    ...(check.path && { path: check.path }),
    check_interval_seconds: check.checkIntervalSeconds,
    response_timeout_seconds: check.responseTimeoutSeconds,
    unhealthy_threshold: check.unhealthyThreshold,
    healthy_threshold: check.healthyThreshold,
  };
}

/** The properties that the API tells; it says nothing of network, network stack and cipher policy. */
export function observed(found: ApiLoadBalancer): Partial<State> {
  const { health_check: check, sticky_sessions: sticky, firewall } = found;
  return {
    algorithm: found.algorithm ?? "round_robin",
    disableLetsEncryptDnsRecords: found.disable_lets_encrypt_dns_records ?? false,
    dropletIds: found.droplet_ids ?? [],
    dropletTag: found.tag || undefined,
    enableBackendKeepalive: found.enable_backend_keepalive,
    enableProxyProtocol: found.enable_proxy_protocol,
    firewall: firewall && { allows: firewall.allow ?? [], denies: firewall.deny ?? [] },
    forwardingRules: (found.forwarding_rules ?? []).map((rule) => ({
      certificateId: rule.certificate_id ?? "",
      certificateName: "",
      entryPort: rule.entry_port,
      entryProtocol: rule.entry_protocol,
      targetPort: rule.target_port,
      targetProtocol: rule.target_protocol,
      tlsPassthrough: rule.tls_passthrough ?? false,
    })),
    healthcheck: check && {
      checkIntervalSeconds: check.check_interval_seconds,
      healthyThreshold: check.healthy_threshold,
      path: check.path || undefined,
      port: check.port,
      protocol: check.protocol,
      responseTimeoutSeconds: check.response_timeout_seconds,
      unhealthyThreshold: check.unhealthy_threshold,
    },
    httpIdleTimeoutSeconds: found.http_idle_timeout_seconds,
    ip: found.ip,
    ipv6: found.ipv6 || undefined,
    loadBalancerUrn: `do:loadbalancer:${found.id}`,
    name: found.name,
    projectId: found.project_id,
    redirectHttpToHttps: found.redirect_http_to_https,
    region: found.region?.slug,
    ...(found.size_unit ? { sizeUnit: found.size_unit } : { size: found.size }),
    status: found.status,
    stickySessions: sticky && {
      cookieName: sticky.cookie_name || undefined,
      cookieTtlSeconds: sticky.cookie_ttl_seconds || undefined,
      type: sticky.type ?? "none",
    },
    subnetUuid: found.subnet_uuid || undefined,
    type: found.type,
    vpcUuid: found.vpc_uuid,
  };
}
