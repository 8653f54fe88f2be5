import { expect } from "chai";
import { drillsWith, matrix, randomDrill, short } from "../../drills/matrix";
import { randomFrom } from "../../drills/random";

const drillNamed = (wanted: string) => matrix.find(({ name }) => name === wanted)!;

describe("the matrix of drills", () => {
  it("has every drill once", () => {
    const names = matrix.map(({ name }) => name);
    expect(names).to.deep.equal([...new Set(names)]);
  });

  it("breaks the primary, a standby and the node of redis' master in every way", () => {
    for (const fault of [
      "power cut",
      "partition",
      "50 % packet loss",
      "frozen disk",
      "full disk",
      "SIGSTOP of the agent",
    ])
      for (const part of ["primary", "standby", "redis master"])
        expect(drillNamed(`${fault} on the ${part}`).part).to.equal(part);
  });

  it("promises the redis master's failover where it is lost with its node, and only there", () => {
    expect(drillNamed("power cut on the redis master").promised).to.include({ redisGapSeconds: 8 });
    expect(drillNamed("kill -9 of the postmaster on the redis master").promised).to.not.have.property(
      "redisGapSeconds",
    );
    expect(drillNamed("power cut on the primary").promised).to.not.have.property("redisGapSeconds");
  });

  it("promises no end of the gap while too few nodes are left to decide", () => {
    for (const name of ["power cut of the primary and a standby at once", "50 % packet loss on the primary"])
      expect(drillNamed(name).promised).to.not.have.property("gapSeconds");
  });

  it("has a short version", () => {
    expect(short).to.have.lengthOf(8);
  });

  it("names what there is when asked for what there is not", () => {
    expect(() => drillsWith("earthquake")).to.throw(
      /no drill has "earthquake" in its name; there are power cut on the primary;/,
    );
  });

  it("is searched by a part of its names, in its order", () => {
    const drills = drillsWith("kill -9 of the postmaster");
    expect(drills.map(({ part }) => part)).to.deep.equal(["primary", "standby", "redis master"]);
    expect(drillsWith("")).to.deep.equal(matrix);
  });
});

describe("a soak's drills", () => {
  const drills = (seed: number) => {
    const random = randomFrom(seed);
    return Array.from({ length: 50 }, () => randomDrill(random).name);
  };

  it("follow from the seed", () => {
    expect(drills(7)).to.deep.equal(drills(7));
    expect(drills(7)).to.not.deep.equal(drills(8));
    expect(new Set(drills(7)).size).to.be.above(20);
  });

  it("come from numbers between 0 and 1", () => {
    const random = randomFrom(1);
    const numbers = Array.from({ length: 1000 }, random);
    expect(Math.min(...numbers)).to.be.within(0, 0.05);
    expect(Math.max(...numbers)).to.be.within(0.95, 0.999999);
  });
});
