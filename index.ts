import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { Account } from "./components/account";
import { AcmeAccount } from "./components/acme";
import { Balancer } from "./components/balancer";
import { bundle } from "./components/bundle";
import { Authority } from "./components/certificates";
import { appEnvironment } from "./components/environment";
import { Firewall } from "./components/firewall";
import { DeployKey } from "./components/keys";
import { Network } from "./components/network";
import { Node } from "./components/node";
import { inTurn } from "./components/order";
import { Passwords } from "./components/passwords";
import { Agent } from "./components/roles/agent";
import { App } from "./components/roles/app";
import { Base } from "./components/roles/base";
import { Certificate } from "./components/roles/certificate";
import { Iptables } from "./components/roles/iptables";
import { Nginx, type Sites } from "./components/roles/nginx";
import { NodeJs } from "./components/roles/nodejs";
import { Pgbouncer } from "./components/roles/pgbouncer";
import { Postgres } from "./components/roles/postgres";
import { Primary } from "./components/roles/primary";
import { RedisMaster, RedisReplica } from "./components/roles/redis";
import { Rotation } from "./components/roles/rotation";
import { Secrets } from "./components/roles/secrets";
import { Sentinel } from "./components/roles/sentinel";
import { Standby } from "./components/roles/standby";
import { currentStack } from "./stacks";

const stack = currentStack(); // its shape and settings; every fault at once
const { settings } = stack;
const name = `trivet-${stack.name}`;

// The cloud: network, balancer and firewall before any machine.
const network = new Network(name, { region: settings.region, cidr: settings.vpcCidr });
const tag = new digitalocean.Tag(name, { name }).name;
const balancer = new Balancer(name, { network, tag });
const firewall = new Firewall(name, { network, balancer, tag, sshFrom: settings.sshFrom });

// The machines, and what they trust.
const key = new DeployKey(name);
const nodes = stack.nodes.map(
  (spec) => new Node(spec, { prefix: name, network, firewall, tag, key, protect: stack.protect }),
);
const dataNodes = nodes.filter((node) => node.spec.data);
const nominated = dataNodes.find((node) => node.name === stack.nominated)!;
const others = dataNodes.filter((node) => node !== nominated);
new Account(name, { environment: stack.name === "prod" ? "Production" : "Staging", balancer, nodes });

const authority = new Authority(name);
const passwords = new Passwords(name);
const acme = new AcmeAccount(name);
const sites: Sites = [
  { site: "main", host: settings.domain },
  ...Object.entries(settings.sites).map(([site, host]) => ({ site, host })),
];
const hosts = sites.map(({ host }) => host) as [string, ...string[]];
const site = authority.forSites(hosts);
const app = authority.forApplication();
const appEnv = appEnvironment(dataNodes, passwords, settings.appEnv);
const workerPorts = Array.from({ length: settings.workers }, (_, at) => 3001 + at);

// What every node is made of. On a node, each role follows the one before it.
const secrets = new Map<Node, Secrets>();
for (const node of nodes) {
  const peers = nodes.length > 1;
  new Base(node, { workerPorts, peers, developerKeys: settings.developerKeys, deployKey: key.publicKey });
  secrets.set(node, new Secrets(node, { authority, passwords, site, acme, app, appEnv }));
  new Iptables(node, { vpcCidr: settings.vpcCidr });
  new NodeJs(node, {
    version: settings.nodejsVersion,
    sha256: settings.nodejsSha256,
    mirror: settings.nodejsMirror,
  });
}
const secretsOf = (node: Node) => secrets.get(node)!;

// PostgreSQL: its settings everywhere, and the agents that decide; then the data, node by node, the nominated one first.
const postgres = new Map<Node, Postgres>();
for (const node of dataNodes) {
  postgres.set(node, new Postgres(node, { vpcCidr: settings.vpcCidr, secrets: secretsOf(node) }));
}
const program = bundle("agent");
const agents = new Map<Node, Agent>();
// From the last node to the first: nodes that the shape has got at its end are there before the leader counts on them.
inTurn<Agent>([...nodes].reverse(), (node, before) => {
  const { lastNode } = settings;
  const cluster = { bundle: program, nodes, lastNode };
  const agent = new Agent(node, { ...cluster, postgres: postgres.get(node), after: before, secrets: secretsOf(node) });
  agents.set(node, agent);
  return agent;
});
const primary = new Primary(nominated, {
  postgres: postgres.get(nominated)!,
  agents: dataNodes.map((node) => agents.get(node)!),
  secrets: secretsOf(nominated),
});
const standbys = inTurn<Standby>(
  others,
  (node, before) => new Standby(node, { postgres: postgres.get(node)!, primary, after: before }),
);

// redis: a master, its replicas, then the sentinels that watch them.
const peers = { peers: dataNodes, firstMaster: nominated };
const master = new RedisMaster(nominated, { ...peers, secrets: secretsOf(nominated) });
const replicas = inTurn<RedisReplica>(
  others,
  (node, before) => new RedisReplica(node, { ...peers, master, after: before, secrets: secretsOf(node) }),
);
const redis = [master, ...replicas];
const sentinels = inTurn<Sentinel>(
  dataNodes,
  (node, before) => new Sentinel(node, { ...peers, redis, after: before, secrets: secretsOf(node) }),
);

// The application and the way to it; its workers are restarted node by node.
const database: [Primary, ...Standby[]] = [primary, ...standbys];
const workers = { ports: workerPorts, nodejsVersion: settings.nodejsVersion, sentinels };
const apps = inTurn<App>(nodes, (node, before) => {
  const pgbouncer = new Pgbouncer(node, { agent: agents.get(node)!, database, secrets: secretsOf(node) });
  return new App(node, { ...workers, pgbouncer, after: before, secrets: secretsOf(node) });
});
const web = {
  sites,
  nodes,
  vpcCidr: settings.vpcCidr,
  uploadLimitMiB: settings.uploadLimitMiB,
  requestsPerSecond: settings.requestsPerSecond,
  connectionsPerClient: settings.connectionsPerClient,
  workerPorts,
  acmeThumbprint: acme.thumbprint,
};
const issuer = { directory: settings.acmeDirectory, staging: settings.acmeStaging, email: settings.acmeEmail };
for (const [at, node] of nodes.entries()) {
  new Certificate(node, { hosts, nodes, ...issuer, thumbprint: acme.thumbprint, secrets: secretsOf(node) });
  const nginx = new Nginx(node, { ...web, app: apps[at]!, secrets: secretsOf(node) });
  new Rotation(node, { workerPorts, nginx });
}

// What others rely on: docs/outputs.md says what each is.
export const schemaVersion = 1;
export const url = `https://${settings.domain}`;
export const domains = hosts;
const hostsOfSites = Object.fromEntries(sites.map(({ site, host }) => [site, host]));
export const loadBalancerIp = balancer.ip;
export const sshUser = "root";
export const deployPrivateKey = pulumi.secret(key.privateKey);
export const knownHosts = pulumi.all(nodes.map((node) => node.knownHost)).apply((lines) => lines.join("\n"));
export const caCertificate = authority.certificate;
const appEnvNames = Object.keys(appEnv).sort();
export const monthlyCostUsd = stack.monthlyCostUsd;
const nodeOutputs = nodes.map((node) => ({ name: node.name, publicIp: node.publicIp, privateIp: node.privateIp }));
export { nodeOutputs as nodes, appEnvNames as appEnv, hostsOfSites as sites };
