import { HalfMade, type Resource } from "../frame/resource";
import type { Value } from "../frame/values";
import { ifMissing, type Api } from "./api";
import {
  healthcheckDefaults,
  observed,
  request,
  type ApiLoadBalancer,
  type Inputs,
  type State,
} from "./loadBalancerApi";
import { until } from "./wait";

interface Answer {
  load_balancer: ApiLoadBalancer;
}

const createSeconds = 600;
const replace = true;
const lowerCase = (value: Value) => (value as string).toLowerCase();

export const loadBalancer: Resource<Inputs, State, Api> = {
  type: "digitalocean:index/loadBalancer:LoadBalancer",
  inputs: {
    algorithm: { default: "round_robin" },
    disableLetsEncryptDnsRecords: { default: false },
    domains: { computed: true, set: true },
    dropletIds: { computed: true, set: true },
    dropletTag: {},
    enableBackendKeepalive: { default: false },
    enableProxyProtocol: { default: false },
    firewall: { computed: true, set: true },
    forwardingRules: { set: true },
    glbSettings: { computed: true },
    healthcheck: { computed: true, toState: (check) => ({ ...healthcheckDefaults, ...(check as object) }) },
    httpIdleTimeoutSeconds: { computed: true },
    ip: { computed: true },
    name: { autoName: true },
    network: { replace },
    networkStack: { replace },
    projectId: { computed: true },
    redirectHttpToHttps: { default: false },
    region: { replace, toState: lowerCase },
    size: {},
    sizeUnit: { computed: true },
    stickySessions: { computed: true },
    subnetUuid: { computed: true, replace },
    targetLoadBalancerIds: { computed: true, set: true },
    tlsCipherPolicy: {},
    type: { computed: true, replace },
    vpcUuid: { computed: true, replace },
  },
  outputs: ["ipv6", "loadBalancerUrn", "status"],
  meta: { schema_version: "1" },

  check({ healthcheck, dropletIds, dropletTag, domains, glbSettings }) {
    const faults: string[] = [];
    if (dropletIds && dropletTag) faults.push("dropletIds and dropletTag exclude each other");
    if (healthcheck?.protocol === "tcp" && healthcheck.path) {
      faults.push("health check `path` is not allowed for when protocol is `tcp`");
    }
    if (healthcheck && healthcheck.protocol !== "tcp" && !healthcheck.path) {
      faults.push(`health check \`path\` is required for when protocol is \`${healthcheck.protocol}\``);
    }
    if (domains || glbSettings) faults.push("the stand-in has no global load balancers: install the official plugin");
    return faults;
  },

  async create(inputs, { client, signal }) {
    const { id } = (await client.post<Answer>("/v2/load_balancers", request(inputs))).load_balancer;
    try {
      const started = await until(`load balancer ${id} to be active`, createSeconds, signal, async () => {
        const { load_balancer: found } = await client.get<Answer>(`/v2/load_balancers/${id}`);
        if (found.status === "errored") throw new Error(`load balancer ${id} could not be made`);
        return found.status === "active" ? found : undefined;
      });
      return { id, state: { ...inputs, ...observed(started) } };
    } catch (fault) {
      throw new HalfMade(id, inputs, fault as Error);
    }
  },

  async read(id, state, { client }) {
    const found = await client.find<Answer>(`/v2/load_balancers/${id}`);
    return found && { ...state, ...observed(found.load_balancer) };
  },

  async update(id, state, inputs, { client }) {
    await client.put(`/v2/load_balancers/${id}`, request({ ...kept(state), ...inputs }));
    const { load_balancer: found } = await client.get<Answer>(`/v2/load_balancers/${id}`);
    return { ...state, ...inputs, ...observed(found) };
  },

  async delete(id, _state, { client }) {
    await ifMissing(client.delete(`/v2/load_balancers/${id}`), undefined);
  },
};

/** What the program leaves to DigitalOcean, and an update must therefore repeat. */
function kept(state: State): Partial<State> {
  const { firewall, healthcheck, httpIdleTimeoutSeconds, projectId, sizeUnit, stickySessions, type, vpcUuid } = state;
  return { firewall, healthcheck, httpIdleTimeoutSeconds, projectId, sizeUnit, stickySessions, type, vpcUuid };
}
