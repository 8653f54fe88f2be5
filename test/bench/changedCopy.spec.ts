import { expect } from "chai";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { withChangedCopy } from "../../bench/changedCopy";
import { contentHash, releaseFiles } from "../../cli/deploy/files";

describe("a changed copy of an application", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), "trivet-copy-"));
    for (const [file, text] of [
      ["package.json", '{"main": "server.js"}'],
      ["server.js", "start();\n"],
      [".gitignore", "built/\nsecret.env\n"],
      ["secret.env", "A=1\n"],
    ] as const)
      writeFileSync(path.join(home, file), text);
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("is another release of the same files, each time", async () => {
    const hashes = new Set<string>();
    let last = "";
    for (const line of ["// one", "// two"])
      await withChangedCopy(home, line, async (copy) => {
        last = copy;
        const files = await releaseFiles(copy);
        expect(files).to.deep.equal([".gitignore", "package.json", "server.js"]);
        expect(readFileSync(path.join(copy, "server.js"), "utf8")).to.equal(`start();\n\n${line}\n`);
        hashes.add(contentHash(copy, files));
      });
    expect(hashes.size).to.equal(2);
    expect(existsSync(last)).to.equal(false);
    expect(readFileSync(path.join(home, "server.js"), "utf8")).to.equal("start();\n");
  });

  it("is removed when the work fails", async () => {
    let copied = "";
    const work = withChangedCopy(home, "// one", (copy) => {
      copied = copy;
      return Promise.reject(new Error("no"));
    });
    expect(await work.catch((error: Error) => error.message)).to.equal("no");
    expect(existsSync(copied)).to.equal(false);
  });
});
