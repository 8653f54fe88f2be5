import { expect } from "chai";
import { lastGood, readSwitched, type Switched } from "../../../cli/deploy/history";

/** "A", "B!" for one that was put back, "<A" for a rollback; the last that was ok runs. */
function past(words: string, ready = "ABCD") {
  const history = words.split(" ").map((word, at): Switched => {
    const release = word.replace(/[<!]/g, "");
    const how = word.startsWith("<") ? "rollback" : "deploy";
    const outcome = word.endsWith("!") ? "put back" : "ok";
    return { time: `2026-01-01T00:00:0${at}Z`, release, from: null, by: "a@b", how, outcome };
  });
  return { ready: [...ready], current: history.findLast(({ outcome }) => outcome === "ok")?.release, history };
}

describe("the last good release", () => {
  const cases: { name: string; nodes: ReturnType<typeof past>[]; good: string | undefined }[] = [
    { name: "is the one before", nodes: [past("A B"), past("A B")], good: "A" },
    { name: "is not the one that was put back", nodes: [past("A B C! D"), past("A B D")], good: "B" },
    { name: "is the one before a rollback's", nodes: [past("A B C <B")], good: "A" },
    { name: "is what ran before, also if that is newer", nodes: [past("A B C A")], good: "C" },
    { name: "is not one that a restart of the same comes after", nodes: [past("A B B")], good: "A" },
    { name: "is still there on every node", nodes: [past("A B C"), past("A B C", "AC")], good: "A" },
    { name: "was healthy on every node", nodes: [past("A B C"), past("A C")], good: "A" },
    {
      name: "is what the others run after a deploy that stopped halfway",
      nodes: [past("A B"), past("A B!")],
      good: "A",
    },
    { name: "is the same whichever node is asked first", nodes: [past("A B!"), past("A B")], good: "A" },
    { name: "is none on the first release", nodes: [past("A"), past("A")], good: undefined },
    { name: "is none where a node has lost it", nodes: [past("A B"), past("A B", "B")], good: undefined },
  ];
  for (const { name, nodes, good } of cases) it(name, () => expect(lastGood(nodes)).to.equal(good));

  it("is none where nothing ever ran", () => {
    expect(lastGood([{ ready: [], current: undefined, history: [] }])).to.equal(undefined);
  });

  it("does not come from a line that is not whole, or not ours", () => {
    expect(readSwitched('{"time":"2026')).to.equal(undefined);
    expect(readSwitched('{"time":"2026"}')).to.equal(undefined);
  });
});
