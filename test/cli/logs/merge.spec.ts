import { expect } from "chai";
import { lastOf, mergeByTime } from "../../../cli/logs/merge";
import { all, stream } from "../support/streams";

const entry = (node: string, time: number) => ({ node, time, service: "app", message: `${node}${time}` });

describe("mergeByTime", () => {
  const order = async (...logs: [string, number[]][]) => {
    const merged = mergeByTime(logs.map(([node, times]) => stream(...times.map((time) => entry(node, time)))));
    return (await all(merged)).map(({ message }) => message).join(" ");
  };

  it("puts logs into the order of their times", async () => {
    expect(await order(["a", [1, 4, 5]], ["b", [2, 3, 9]], ["c", []])).to.equal("a1 b2 b3 a4 a5 b9");
  });

  it("keeps each log's own order, and that of the logs at equal times", async () => {
    expect(await order(["a", [2, 2]], ["b", [2]])).to.equal("a2 a2 b2");
    expect(await order(["a", [5, 1]], ["b", [3]])).to.equal("b3 a5 a1");
  });

  it("has nothing of no logs", async () => expect(await order()).to.equal(""));

  it("holds one entry of each log, and lets go of all when its reader stops", async () => {
    const state = { read: 0, closed: 0 };
    const endless = async function* (node: string) {
      try {
        for (;;) yield await Promise.resolve(entry(node, ++state.read));
      } finally {
        state.closed++;
      }
    };
    const merged = mergeByTime([endless("a"), endless("b")]);
    expect((await merged.next()).value).to.deep.equal(entry("a", 1));
    await merged.return(undefined);
    expect(state).to.deep.equal({ read: 2, closed: 2 });
  });
});

describe("lastOf", () => {
  for (const [count, last] of [
    [0, []],
    [1, [9]],
    [3, [7, 8, 9]],
    [9, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [20, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ] as const) {
    it(`keeps ${count} of nine`, async () => {
      expect(await lastOf(stream(1, 2, 3, 4, 5, 6, 7, 8, 9), count)).to.deep.equal(last);
    });
  }
});
