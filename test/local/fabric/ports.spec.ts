import { expect } from "chai";
import { balancerPorts, machinePorts } from "../../../local/fabric/ports";
import { cidr, within } from "../../../local/fabric/ranges";

const vpcId = "5a4981aa-9653-4bd1-bef5-d6bff52042e4";
const machine = (id: number) => machinePorts({ id, vpcId, publicIp: "198.51.100.9", privateIp: "10.0.0.4" });

describe("a machine's ports", () => {
  it("lead to the public bridge and to its VPC's, with the machine's addresses", () => {
    const [first, second] = machine(999_999_999);
    expect(first).to.include({ name: "mp999999999", bridge: "public", inside: "eth0", address: "198.51.100.9" });
    expect(second).to.include({ name: "mv999999999", bridge: "vpc-5a4981aa", inside: "eth1", address: "10.0.0.4" });
  });

  it("have names that the kernel takes", () => {
    const balancer = balancerPorts({ id: vpcId, vpcId, publicIp: "198.51.100.5", vpcIp: "10.0.0.5" });
    for (const port of [...machine(999_999_999), ...balancer]) {
      expect(port.name.length, port.name).to.be.at.most(15);
      expect(port.bridge.length, port.bridge).to.be.at.most(15);
    }
  });

  it("have locally administered MAC addresses, the same each time and no two alike", () => {
    const macs = [machine(1), machine(2)].flat().map((port) => port.mac);
    expect(new Set(macs).size).to.equal(4);
    for (const mac of macs) expect(mac).to.match(/^02(:[0-9a-f]{2}){5}$/);
    expect(machine(1)).to.deep.equal(machine(1));
  });
});

describe("an address range", () => {
  it("has its first address for gateway", () => {
    expect(cidr("10.106.0.0/20")).to.deep.equal({ network: "10.106.0.0", prefix: 20, gateway: "10.106.0.1" });
    expect(cidr("10.0.5.16/28").gateway).to.equal("10.0.5.17");
    expect(within("10.106.3.4", "10.106.0.0/20")).to.equal("10.106.3.4/20");
  });
});
