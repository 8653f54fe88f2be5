import { expect } from "chai";
import { Checkers, isCheck, noticed, type Told } from "../../../agent/health/balancer";

const nodes = ["10.22.0.3", "10.22.0.4"];
const balancer = "10.22.0.2";

describe("a request for /health", () => {
  const cases: [string, string, string, boolean][] = [
    ["the balancer itself, by its own address", balancer, balancer, true],
    ["the balancer itself, by nobody's address", balancer, "", true],
    ["the balancer itself, by another address of its network", balancer, "10.22.0.9", true],
    ["a balancer with an IPv6 address", "fd00::2", "fd00::2", true],
    ["a visitor through the balancer", balancer, "203.0.113.7", false],
    ["a visitor with IPv6 through the balancer", balancer, "2001:db8::7", false],
    ["this node, by the status script", "10.22.0.3", "10.22.0.3", false],
    ["another node", "10.22.0.4", "", false],
    ["somebody from the internet", "203.0.113.7", "", false],
    ["nobody, as from a script at the socket", "", "", false],
    ["something that is no address", "unix:", "unix:", false],
    ["the balancer for something that is no address", balancer, "unknown", false],
  ];
  for (const [what, from, client, counts] of cases)
    it(`of ${what} counts for ${counts ? "the balancer's" : "nothing"}`, () =>
      expect(isCheck({ from, client }, nodes)).to.equal(counts));
});

describe("the load balancer", () => {
  const now = 1_000_000;
  const told = (more: Partial<Told>): Told => ({ in: false, times: 2, at: now - 1_000, ...more });
  const cases: [string, Told[], boolean, boolean][] = [
    ["was told no twice", [told({})], false, true],
    ["was told no once", [told({ times: 1 })], false, false],
    ["was told yes twice, not no", [told({ in: true })], false, false],
    ["was told yes twice", [told({ in: true })], true, true],
    ["was told yes once", [told({ in: true, times: 1 })], true, false],
    ["was told so in both its parts", [told({}), told({ times: 7 })], false, true],
    ["was told so in one of its parts", [told({}), told({ times: 1 })], false, false],
    ["asks no more in one of its parts", [told({}), told({ times: 1, at: now - 10_001 })], false, true],
    ["asks just often enough in one of its parts", [told({}), told({ times: 1, at: now - 10_000 })], false, false],
    ["never asks", [], false, true],
  ];
  for (const [what, records, wanted, answer] of cases)
    it(`${answer ? "has" : "has not"} noticed that a node is ${wanted ? "in" : "out"} when it ${what}`, () =>
      expect(noticed(records, wanted, now)).to.equal(answer));

  it("has to be told the same in a row", () => {
    const checkers = new Checkers();
    const answers = [true, true, false, true, false, false, true].map((isIn, second) => {
      checkers.note(balancer, isIn, now + second * 3_000);
      return [checkers.noticed(false, now + second * 3_000), checkers.noticed(true, now + second * 3_000)];
    });
    expect(answers).to.deep.equal([
      ...[
        [false, false],
        [false, true],
        [false, false],
        [false, false],
        [false, false],
        [true, false],
        [false, false],
      ],
    ]);
  });

  it("begins anew after it has not asked for long", () => {
    const checkers = new Checkers();
    checkers.note(balancer, false, now);
    checkers.note(balancer, false, now + 20_000);
    expect(checkers.noticed(false, now + 20_000)).to.equal(false);
    checkers.note(balancer, false, now + 23_000);
    expect(checkers.noticed(false, now + 23_000)).to.equal(true);
  });
});
