import { expect } from "chai";
import { Newest } from "../../../agent/health/newest";

describe("the newest answer of a disk", () => {
  it("is what it says now", async () => {
    let asked = 0;
    const newest = new Newest(() => Promise.resolve(++asked), 0);
    expect([await newest.within(5_000), await newest.within(5_000)]).to.deep.equal([1, 2]);
  });

  it("is the last one while it hangs, and it is not asked again meanwhile", async () => {
    let asked = 0;
    let answer: (value: string) => void = () => undefined;
    const newest = new Newest(() => {
      asked += 1;
      return new Promise<string>((resolve) => (answer = resolve));
    }, "none");
    expect([await newest.within(5), await newest.within(5)]).to.deep.equal(["none", "none"]);
    expect(asked).to.equal(1);
    answer("one");
    await new Promise(setImmediate);
    expect(await newest.within(5)).to.equal("one");
    expect(asked).to.equal(2);
  });

  it("is the last one when it fails, and it is asked again", async () => {
    let asked = 0;
    const newest = new Newest(() => (++asked === 2 ? Promise.reject(new Error("EIO")) : Promise.resolve(asked)), 0);
    const answers = [await newest.within(5_000), await newest.within(5_000), await newest.within(5_000)];
    expect(answers).to.deep.equal([1, 1, 3]);
  });
});
