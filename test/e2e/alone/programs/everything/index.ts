import * as command from "@pulumi/command";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";

const config = new pulumi.Config();
const region = "fra1";
const tags = ["everything"];

export const password = new random.RandomPassword("password", { length: 24, special: false }).result;
const id = new random.RandomId("id", { byteLength: 4 });
new random.RandomBytes("bytes", { length: 16 });
new random.RandomString("string", { length: 8 });
new random.RandomUuid("uuid");

const loginKey = new tls.PrivateKey("login", { algorithm: "ED25519" });
const caKey = new tls.PrivateKey("ca", { algorithm: "ECDSA", ecdsaCurve: "P256" });
const ca = new tls.SelfSignedCert("ca", {
  privateKeyPem: caKey.privateKeyPem,
  isCaCertificate: true,
  allowedUses: ["cert_signing", "crl_signing"],
  validityPeriodHours: 240,
  subject: { commonName: "Everything" },
});

const vpc = new digitalocean.Vpc("vpc", { name: "everything", region, ipRange: "10.40.0.0/24" });
const sshKey = new digitalocean.SshKey("login", { publicKey: loginKey.publicKeyOpenssh });
const tag = new digitalocean.Tag("tag", { name: "everything" });
new digitalocean.Firewall(
  "firewall",
  {
    inboundRules: [
      { protocol: "tcp", portRange: "22", sourceAddresses: ["0.0.0.0/0", "::/0"] },
      { protocol: "icmp", sourceTags: tags },
      { protocol: "udp", portRange: "all", sourceAddresses: [vpc.ipRange] },
    ],
    outboundRules: [{ protocol: "tcp", portRange: "1-65535", destinationAddresses: ["0.0.0.0/0", "::/0"] }],
    tags,
  },
  { dependsOn: tag },
);
const droplet = new digitalocean.Droplet(
  "droplet",
  {
    name: config.get("dropletName") ?? "everything-a",
    region,
    image: "debian-13-x64",
    size: "s-1vcpu-1gb",
    monitoring: true,
    sshKeys: [sshKey.id],
    tags,
    userData: pulumi.secret("#cloud-config\n"),
    vpcUuid: vpc.id,
  },
  { dependsOn: tag },
);
const balancer = new digitalocean.LoadBalancer(
  "balancer",
  {
    name: "everything",
    region,
    dropletTag: tag.name,
    vpcUuid: vpc.id,
    enableProxyProtocol: true,
    forwardingRules: [
      { entryProtocol: "https", entryPort: 443, targetProtocol: "https", targetPort: 443, tlsPassthrough: true },
      { entryProtocol: "tcp", entryPort: 80, targetProtocol: "tcp", targetPort: 80 },
    ],
    healthcheck: {
      protocol: "http",
      port: 80,
      path: "/",
      checkIntervalSeconds: 3,
      responseTimeoutSeconds: 3,
      unhealthyThreshold: 2,
      healthyThreshold: 2,
    },
  },
  { dependsOn: droplet },
);
const project = new digitalocean.Project("project", { name: "everything", environment: "Staging" });
new digitalocean.ProjectResources("placed", {
  project: project.id,
  resources: [droplet.dropletUrn, balancer.loadBalancerUrn],
});
const address = new digitalocean.ReservedIp("address", { region });
new digitalocean.ReservedIpAssignment("assignment", {
  ipAddress: address.ipAddress,
  dropletId: droplet.id.apply(Number),
});
const domain = new digitalocean.Domain("domain", { name: "everything.example" });
new digitalocean.DnsRecord("www", { domain: domain.name, type: "A", name: "www", value: balancer.ip, ttl: 300 });
new digitalocean.DnsRecord("alias", {
  domain: domain.name,
  type: "CNAME",
  name: "alias",
  value: "www.everything.example.",
  ttl: 300,
});

// Certificate and command depend on the droplet, as a node's do.
const nodeKey = new tls.PrivateKey("node", { algorithm: "ECDSA", ecdsaCurve: "P256" });
const request = new tls.CertRequest("node", {
  privateKeyPem: nodeKey.privateKeyPem,
  subject: { commonName: droplet.name },
  ipAddresses: [droplet.ipv4AddressPrivate],
});
const certificate = new tls.LocallySignedCert("node", {
  caCertPem: ca.certPem,
  caPrivateKeyPem: caKey.privateKeyPem,
  certRequestPem: request.certRequestPem,
  allowedUses: ["server_auth", "client_auth"],
  validityPeriodHours: 24,
});
new command.remote.Command("remote", {
  connection: {
    host: "127.0.0.1",
    port: config.requireNumber("sshPort"),
    privateKey: config.requireSecret("sshPrivateKey"),
    hostKey: config.require("sshHostKey"),
  },
  create: "cat >/dev/null; echo configured",
  stdin: pulumi.interpolate`${certificate.certPem}${password}`,
  triggers: [droplet.id],
  addPreviousOutputInEnv: false,
});
const local = new command.local.Command("local", { create: pulumi.interpolate`echo ${id.hex}` });

export const certPem = certificate.certPem;
export const caPem = ca.certPem;
export const hex = local.stdout;
export const idHex = id.hex;
