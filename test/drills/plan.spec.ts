import { expect } from "chai";
import { matrix, switchover } from "../../drills/matrix";
import { planOf } from "../../drills/plan";

describe("a soak's plan", () => {
  const names = (plan: ReturnType<typeof planOf>) => [...plan.drills].map(({ name }) => name);

  it("is the whole matrix in order, as often as wanted", () => {
    const plan = planOf({ minutes: 60, matrix: 2 });
    expect(plan.what).to.equal("--matrix 2");
    const once = matrix.map(({ name }) => name);
    expect(names(plan)).to.deep.equal([...once, ...once]);
  });

  it("is some of the matrix", () => {
    const plan = planOf({ minutes: 60, matrix: 1, only: "full disk" });
    expect(plan.what).to.equal('--matrix 1 --only "full disk"');
    expect(names(plan)).to.deep.equal([
      "full disk on the primary",
      "full disk on the standby",
      "full disk on the redis master",
    ]);
  });

  it("lets times be longer where it is told to, and nothing else", () => {
    const { what, drills } = planOf({ minutes: 60, matrix: 1, slack: 3 });
    expect(what).to.equal("--matrix 1 --slack 3");
    const moved = [...drills].find(({ name }) => name === switchover.name)!;
    const { gapSeconds, wholeSeconds } = switchover.promised;
    expect(moved.promised).to.deep.equal({
      ...switchover.promised,
      gapSeconds: gapSeconds! * 3,
      wholeSeconds: wholeSeconds * 3,
    });
  });

  it("does not choose by name among drills at random", () => {
    expect(() => planOf({ minutes: 60, only: "full disk" })).to.throw('--only "full disk" is for --matrix');
  });

  it("is at random the same for the same seed, until the time is over", () => {
    const first = (count: number) => {
      const drills = planOf({ minutes: 60, seed: 7 }).drills[Symbol.iterator]();
      return Array.from({ length: count }, () => (drills.next().value as { name: string }).name);
    };
    expect(first(20)).to.deep.equal(first(20));
    expect(names(planOf({ minutes: 0, seed: 7 }))).to.deep.equal([]);
    expect(planOf({ minutes: 60, seed: 7 }).what).to.equal("--seed 7 --minutes 60");
  });
});
