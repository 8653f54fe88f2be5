import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { batched } from "../src/batched.js";

describe("batches", () => {
  it("take what came while one was under way, up to their size, one at a time", async () => {
    const batches = [];
    let underWay = 0;
    const give = batched(async (items) => {
      assert.equal(++underWay, 1);
      batches.push(items);
      await Promise.resolve();
      underWay--;
      return items.length;
    }, 2);
    assert.deepEqual(await Promise.all([1, 2, 3, 4].map(give)), [1, 2, 2, 1]);
    assert.deepEqual(batches, [[1], [2, 3], [4]]);
  });

  it("fail for those in them alone", async () => {
    const give = batched(async ([item]) => {
      if (item === "bad") throw new Error("refused");
      return item;
    }, 1);
    const outcomes = await Promise.allSettled(["bad", "good"].map(give));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["rejected", "fulfilled"],
    );
  });
});
