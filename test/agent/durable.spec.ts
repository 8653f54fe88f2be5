import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { fileStore, nothingYet, type Durable } from "../../agent/durable";

const kept: Durable = {
  term: 7,
  votedFor: "ash",
  led: 5,
  forced: true,
  systemId: "7345678901234567890",
  lineage: [{ timeline: 1, begin: "0/0", term: 1 }],
  membership: { term: 5, change: 2, names: ["ash", "birch"] },
};

describe("the file of what an agent must not forget", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "trivet-durable-"));
    file = path.join(folder, "agent", "promises.json");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is not there on a node that never had an agent", async () => {
    expect(await fileStore(file).read()).to.equal(null);
    expect(existsSync(path.dirname(file))).to.equal(false);
  });

  it("gives back everything to the next agent", async () => {
    await fileStore(file).write(kept);
    expect(await fileStore(file).read()).to.deep.equal(kept);
    expect(readdirSync(path.dirname(file))).to.deep.equal(["promises.json"]);
  });

  it("has the last word", async () => {
    const store = fileStore(file);
    for (let term = 1; term <= 5; term += 1) await store.write({ ...kept, term });
    expect(await store.read()).to.deep.equal({ ...kept, term: 5 });
  });

  it("survives that writing the next one broke off", async () => {
    const store = fileStore(file);
    await store.write(kept);
    writeFileSync(`${file}.new`, '{"term":8,"voted');
    expect(await store.read()).to.deep.equal(kept);
    await store.write({ ...kept, term: 9 });
    expect(await store.read()).to.include({ term: 9 });
  });

  it("of an earlier release lacks what that did not know", async () => {
    const store = fileStore(file);
    await store.write(kept);
    writeFileSync(file, JSON.stringify({ term: 3, votedFor: "birch" }));
    expect(await store.read()).to.deep.equal({ ...nothingYet, term: 3, votedFor: "birch" });
  });

  for (const text of ["", '{"term":'])
    it(`that reads ${JSON.stringify(text)} is none: a promise that cannot be read is not taken for none`, async () => {
      const store = fileStore(file);
      await store.write(kept);
      writeFileSync(file, text);
      const outcome = await store.read().catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(Error);
    });

  it("that cannot be written says so, and stays as it was", async () => {
    await fileStore(file).write(kept);
    const before = readFileSync(file, "utf8");
    const blocked = fileStore(path.join(file, "promises.json"));
    const outcome = await blocked.write(kept).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(Error);
    expect(readFileSync(file, "utf8")).to.equal(before);
  });
});
