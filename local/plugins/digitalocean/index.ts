import { version } from "@pulumi/digitalocean/package.json";
import type { Plugin } from "../frame/resource";
import { Api } from "./api";
import { dnsRecord } from "./dnsRecord";
import { domain } from "./domain";
import { droplet } from "./droplet";
import { firewall } from "./firewall";
import { loadBalancer } from "./loadBalancer";
import { project } from "./project";
import { projectResources } from "./projectResources";
import { reservedIp } from "./reservedIp";
import { reservedIpAssignment } from "./reservedIpAssignment";
import { sshKey } from "./sshKey";
import { tag } from "./tag";
import { vpc } from "./vpc";

const { env } = process;
const official = "https://api.digitalocean.com";

export const plugin: Plugin<Api> = {
  name: "digitalocean",
  version,
  bridged: true,
  resources: [
    dnsRecord,
    domain,
    droplet,
    firewall,
    loadBalancer,
    project,
    projectResources,
    reservedIp,
    reservedIpAssignment,
    sshKey,
    tag,
    vpc,
  ],
  configDefaults: () => ({ apiEndpoint: env.DIGITALOCEAN_API_URL || official }),
  configure: (config) =>
    new Api({
      endpoint: config.apiEndpoint ?? env.DIGITALOCEAN_API_URL ?? official,
      token: config.token ?? env.DIGITALOCEAN_TOKEN ?? env.DIGITALOCEAN_ACCESS_TOKEN ?? "",
      retries: Number(config.httpRetryMax ?? env.DIGITALOCEAN_HTTP_RETRY_MAX ?? 4),
      waitMin: Number(config.httpRetryWaitMin ?? env.DIGITALOCEAN_HTTP_RETRY_WAIT_MIN ?? 1),
      waitMax: Number(config.httpRetryWaitMax ?? env.DIGITALOCEAN_HTTP_RETRY_WAIT_MAX ?? 30),
    }),
};
