import { execFileSync } from "node:child_process";
import { chmodSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { contentHash, releaseFiles, sizeOf } from "../../../cli/deploy/files";
import { folderWith } from "../support/folder";

const files = {
  "package.json": "{}",
  "src/app.js": "app",
  "@odd name.js": "odd",
  ".env": "SECRET=1",
  "node_modules/x/index.js": "x",
};

describe("a release's files", () => {
  it("are all but node_modules where there is no git", async () => {
    expect(await releaseFiles(folderWith(files))).to.deep.equal([".env", "@odd name.js", "package.json", "src/app.js"]);
  });

  it("are those that git keeps or would keep", async () => {
    const folder = folderWith({ ...files, ".gitignore": ".env\n", "gone.js": "gone" });
    execFileSync("git", ["init", "--quiet"], { cwd: folder });
    execFileSync("git", ["add", "--force", "package.json", "gone.js", "node_modules"], { cwd: folder });
    rmSync(path.join(folder, "gone.js"));
    const kept = await releaseFiles(folder);
    expect(kept).to.deep.equal([".gitignore", "@odd name.js", "package.json", "src/app.js"]);
  });

  it("are what git ignores too, where it is included, and never the folder of the deploy", async () => {
    const folder = folderWith({
      ...{ "app.js": "app", ".gitignore": "dist\n*.map\n", "dist/a/b.js": "b", "dist/node_modules/x.js": "x" },
      ...{ "notes.map": "map", "dist/left.txt": "left", ".trivet/start": "evil" },
    });
    execFileSync("git", ["init", "--quiet"], { cwd: folder });
    const shipped = await releaseFiles(folder, ["dist/a", "notes.map", "gone"]);
    expect(shipped).to.deep.equal([".gitignore", "app.js", "dist/a/b.js", "notes.map"]);
    expect(sizeOf(folder, ["dist/a/b.js", "app.js"])).to.equal(4);
  });

  describe("hash", () => {
    const names = Object.keys(files).sort();
    const before = contentHash(folderWith(files), names);

    it("is the same for the same content elsewhere", () => {
      expect(contentHash(folderWith(files), names)).to.equal(before);
    });

    const changes: [string, (folder: string) => void][] = [
      ["content", (folder) => writeFileSync(path.join(folder, "src/app.js"), "new")],
      ["an executable bit", (folder) => chmodSync(path.join(folder, "src/app.js"), 0o755)],
      [
        "a link in a file's place",
        (folder) => {
          rmSync(path.join(folder, "src/app.js"));
          symlinkSync("app", path.join(folder, "src/app.js"));
        },
      ],
    ];
    for (const [name, change] of changes) {
      it(`changes with ${name}`, () => {
        const folder = folderWith(files);
        change(folder);
        expect(contentHash(folder, names)).not.to.equal(before);
      });
    }

    it("changes with what the deploy adds", () => {
      const own = { ".trivet/start": "node ." };
      expect(contentHash(folderWith(files), names, own)).not.to.equal(before);
      expect(contentHash(folderWith(files), names, own)).to.equal(contentHash(folderWith(files), names, { ...own }));
    });

    it("changes when a file is left out", () => {
      expect(contentHash(folderWith(files), names.slice(1))).not.to.equal(before);
    });
  });
});
