import { expect } from "chai";
import { checkedPercent, combined, faultScript, lossesAt, withoutPorts } from "../../../local/fabric/faults";
import { machinePorts } from "../../../local/fabric/ports";

const vpcId = "5a4981aa-9653-4bd1-bef5-d6bff52042e4";
const otherVpcId = "77c7dd6f-1f2e-4b8a-9c4e-0d2b5b7f1a33";
const ports = (id: number, vpc = vpcId) =>
  machinePorts({ id, vpcId: vpc, publicIp: "198.51.100.9", privateIp: "10.0.0.4" });
const [ash, birch, stranger] = [ports(1), ports(2), ports(3, otherVpcId)];

/** The rules of the script, each after its hook. */
function rules(script: string): string[] {
  let hook = "";
  return script.split("\n").flatMap((line) => {
    hook = / hook (\w+) /.exec(line)?.[1] ?? hook;
    return line.endsWith(" drop") ? [`${hook}: ${line.trim()}`] : [];
  });
}

describe("faults in the network", () => {
  const table: [string, Parameters<typeof lossesAt>, string[]][] = [
    [
      "a partition from all",
      [ash],
      [
        'prerouting: iifname "mp1" ether type ip drop',
        'prerouting: iifname "mv1" ether type ip drop',
        'postrouting: oifname "mp1" ether type ip drop',
        'postrouting: oifname "mv1" ether type ip drop',
      ],
    ],
    [
      "what is sent to it",
      [ash, { direction: "in" }],
      ['postrouting: oifname "mp1" ether type ip drop', 'postrouting: oifname "mv1" ether type ip drop'],
    ],
    [
      "what it sends",
      [ash, { direction: "out" }],
      ['prerouting: iifname "mp1" ether type ip drop', 'prerouting: iifname "mv1" ether type ip drop'],
    ],
    [
      "a partition from a peer",
      [ash, { peers: birch }],
      [
        'forward: iifname "mp1" oifname "mp2" ether type ip drop',
        'forward: iifname "mp2" oifname "mp1" ether type ip drop',
        'forward: iifname "mv1" oifname "mv2" ether type ip drop',
        'forward: iifname "mv2" oifname "mv1" ether type ip drop',
      ],
    ],
    [
      "what a peer sends to it, in another VPC",
      [ash, { peers: stranger, direction: "in" }],
      ['forward: iifname "mp3" oifname "mp1" ether type ip drop'],
    ],
    [
      "a part of what it sends to a peer in another VPC",
      [ash, { peers: stranger, direction: "out", percent: 7 }],
      ['forward: iifname "mp1" oifname "mp3" ether type ip numgen random mod 100 < 7 drop'],
    ],
    [
      "each packet that it sends to such a peer, as a percentage",
      [ash, { peers: stranger, direction: "out", percent: 100 }],
      ['forward: iifname "mp1" oifname "mp3" ether type ip drop'],
    ],
    ["nothing, between it and nobody", [ash, { peers: [] }], []],
  ];
  for (const [name, given, wanted] of table) {
    it(`lose ${name}`, () => expect(rules(faultScript(lossesAt(...given)))).to.deep.equal(wanted));
  }

  it("replace those that were there, in one transaction", () => {
    const script = faultScript([]);
    expect(script).to.match(
      /^table bridge trivet_faults\ndelete table bridge trivet_faults\ntable bridge trivet_faults {/,
    );
    expect(rules(script)).to.deep.equal([]);
  });

  it("add up: a later percentage replaces an earlier one, and no partition", () => {
    const [cut, half, tenth] = [undefined, 50, 10].map((percent) =>
      lossesAt(ash.slice(0, 1), { direction: "out", percent }),
    ) as [ReturnType<typeof lossesAt>, ReturnType<typeof lossesAt>, ReturnType<typeof lossesAt>];
    expect(combined(combined(cut, half), tenth)).to.deep.equal([...cut, ...tenth]);
    expect(combined(half, half)).to.deep.equal(half);
  });

  it("are the same link's from either end", () => {
    const fromAsh = lossesAt(ash, { peers: birch, percent: 10 });
    const fromBirch = lossesAt(birch, { peers: ash, percent: 20 });
    const percents = combined(fromAsh, fromBirch).map(({ percent }) => percent);
    expect(percents).to.deep.equal([20, 20, 20, 20]);
  });

  it("end at every port that has a part in them, and at no other", () => {
    const all = [...lossesAt(ash, { peers: birch }), ...lossesAt(birch, { percent: 5 }), ...lossesAt(stranger)];
    expect(withoutPorts(all, birch)).to.deep.equal(lossesAt(stranger));
    expect(withoutPorts(all, ash)).to.have.lengthOf(8);
  });

  for (const percent of [1, 100]) {
    it(`take ${percent} percent`, () => expect(checkedPercent(percent)).to.equal(percent));
  }
  for (const percent of [0, -5, 101, 2.5, NaN]) {
    it(`refuse ${percent} percent`, () => {
      expect(() => checkedPercent(percent)).to.throw(
        `the loss is ${percent} percent; wanted a whole number from 1 to 100`,
      );
    });
  }
});
