import { expect } from "chai";
import { chooseRelease, holds, madeAt, releaseId, releasesToKeep } from "../../../cli/deploy/release";

const hash = "0123456789abcdef0123";
const now = new Date("2026-11-21T07:45:00.123Z");
const node = (ready: string[], unfinished: string[] = []) => ({ ready, unfinished });

describe("a release", () => {
  it("is called by its time and its content", () => {
    expect(releaseId(now, hash)).to.equal("20261121T074500Z-0123456789ab");
    expect(madeAt("20261121T074500Z-0123456789ab")?.toISOString()).to.equal("2026-11-21T07:45:00.000Z");
    expect(madeAt("lost+found")).to.equal(undefined);
  });

  it("is known by its content", () => {
    expect(holds("20261121T074500Z-0123456789ab", hash)).to.equal(true);
    expect(holds("20261121T074500Z-0123456789ac", hash)).to.equal(false);
  });

  const cases: { name: string; nodes: ReturnType<typeof node>[]; chosen: string }[] = [
    { name: "is new where none is there", nodes: [node([]), node([])], chosen: "20261121T074500Z-0123456789ab" },
    {
      name: "is new where the content differs",
      nodes: [node(["20260101T000000Z-ffffffffffff"])],
      chosen: "20261121T074500Z-0123456789ab",
    },
    {
      name: "is the newest of those that hold the same",
      nodes: [node(["20260101T000000Z-0123456789ab"]), node(["20260202T000000Z-0123456789ab"])],
      chosen: "20260202T000000Z-0123456789ab",
    },
    {
      name: "is the one that broke off",
      nodes: [node([]), node([], ["20260303T000000Z-0123456789ab"])],
      chosen: "20260303T000000Z-0123456789ab",
    },
  ];
  for (const { name, nodes, chosen } of cases) {
    it(name, () => expect(chooseRelease(nodes, hash, now)).to.equal(chosen));
  }

  const keeping: { name: string; needed: (string | undefined)[]; kept: string[] }[] = [
    { name: "the newest", needed: [undefined], kept: ["r7", "r6", "r5"] },
    { name: "the new one among them", needed: ["r8"], kept: ["r8", "r7", "r6"] },
    { name: "the current and the last good one, however old", needed: ["r8", "r2", "r1"], kept: ["r8", "r2", "r1"] },
  ];
  for (const { name, needed, kept } of keeping) {
    it(`stays where it is ${name}`, () => {
      const ready = ["r1", "r2", "r3", "r4", "r5", "r6", "r7"];
      expect(releasesToKeep(ready, { count: 3, needed })).to.deep.equal(kept);
    });
  }
});
