import { expect } from "chai";
import { chooseRelease, holds, readState, releaseId, type NodeReleases } from "../../../cli/deploy/release";

const hash = "0123456789abcdef0123";
const now = new Date("2026-11-21T07:45:00.123Z");
const node = (ready: string[], current?: string): NodeReleases => ({ ready, current, workers: [3001], healthy: true });

describe("a release", () => {
  it("is called by its time and its content", () => {
    expect(releaseId(now, hash)).to.equal("20261121T074500Z-0123456789ab");
  });

  it("is known by its content", () => {
    expect(holds("20261121T074500Z-0123456789ab", hash)).to.equal(true);
    expect(holds("20261121T074500Z-0123456789ac", hash)).to.equal(false);
  });

  const cases: { name: string; nodes: NodeReleases[]; chosen: string }[] = [
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
  ];
  for (const { name, nodes, chosen } of cases) {
    it(name, () => expect(chooseRelease(nodes, hash, now)).to.equal(chosen));
  }

  it("is read from what a node tells", () => {
    expect(readState("ready=r1\nready=r2\ncurrent=r2\nworker=3001\nworker=3002\nhealthy=yes\n")).to.deep.equal({
      ready: ["r1", "r2"],
      current: "r2",
      workers: [3001, 3002],
      healthy: true,
    });
    expect(readState("healthy=no\n")).to.deep.equal({ ready: [], current: undefined, workers: [], healthy: false });
  });
});
