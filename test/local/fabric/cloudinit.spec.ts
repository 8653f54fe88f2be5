import { expect } from "chai";
import { parse } from "yaml";
import { seed } from "../../../local/fabric/cloudinit";
import { machinePorts } from "../../../local/fabric/ports";

const machine = {
  id: 412345678,
  name: "staging-b.example",
  image: "debian-13-x64",
  memoryMiB: 1024,
  diskGiB: 25,
  vpcId: "5a4981aa-9653-4bd1-bef5-d6bff52042e4",
  publicIp: "198.51.100.9",
  privateIp: "10.106.0.4",
  userData: "#!/bin/sh\necho ': \"quoted\" # not yaml'\n",
  publicKeys: ["ssh-ed25519 AAAA one: with # signs\n", "ssh-ed25519 BBBB two"],
};
const around = {
  ports: machinePorts(machine),
  publicRange: "198.51.100.0/24",
  vpcRange: "10.106.0.0/20",
  resolvers: ["192.0.2.53"],
  authorities: ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
};

describe("a machine's cloud-init seed", () => {
  it("names the droplet and its keys", () => {
    expect(parse(seed(machine, around)["meta-data"])).to.deep.equal({
      "instance-id": "412345678",
      "local-hostname": "staging-b.example",
      "public-keys": ["ssh-ed25519 AAAA one: with # signs", "ssh-ed25519 BBBB two"],
    });
  });

  it("passes user data on as it is", () => {
    expect(seed(machine, around)["user-data"]).to.equal(machine.userData);
    expect(parse(seed({ ...machine, userData: "" }, around)["user-data"])).to.deep.equal({});
  });

  it("has the machine trust what it is told, in the provider's part, beside the user's", () => {
    const { "vendor-data": vendorData } = seed(machine, around);
    expect(vendorData).to.match(/^#cloud-config\n/);
    expect(parse(vendorData)).to.deep.equal({ ca_certs: { trusted: around.authorities } });
  });

  it("gives eth0 the public address and the way out, eth1 the VPC's address alone", () => {
    const { version, ethernets } = parse(seed(machine, around)["network-config"]) as {
      version: number;
      ethernets: Record<"eth0" | "eth1", Record<string, unknown>>;
    };
    expect(version).to.equal(2);
    expect(ethernets.eth0).to.deep.include({
      addresses: ["198.51.100.9/24"],
      routes: [{ to: "0.0.0.0/0", via: "198.51.100.1" }],
      nameservers: { addresses: ["192.0.2.53"] },
    });
    expect(ethernets.eth1).to.deep.include({ addresses: ["10.106.0.4/20"], dhcp4: false });
    expect(ethernets.eth1).not.to.have.any.keys("routes", "nameservers");
    expect(ethernets.eth0.match).to.deep.equal({ macaddress: around.ports[0]?.mac });
  });
});
