import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { buildOf, keep, kept } from "../../bench/records";

describe("a benchmark's records", () => {
  it("add up the runs of several invocations, of one build", async () => {
    const home = mkdtempSync(path.join(tmpdir(), "trivet-records-"));
    const file = path.join(home, "bench", "any.jsonl");
    try {
      expect(await kept("one", file)).to.deep.equal([]);
      for (const [at, build] of ["one", "other", "one"].entries()) await keep({ build, at }, file);
      expect(await kept("one", file)).to.deep.equal([
        { build: "one", at: 0 },
        { build: "one", at: 2 },
      ]);
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it("are of the same build for as long as nothing in the folders changes", async () => {
    expect(await buildOf(["bench"])).to.equal(await buildOf(["bench"]));
    expect(await buildOf(["bench"])).to.not.equal(await buildOf(["agent"]));
  });
});
