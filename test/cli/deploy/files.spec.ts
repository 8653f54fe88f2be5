import { execFileSync } from "node:child_process";
import { chmodSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { list as listArchive } from "tar";
import { withArchive } from "../../../cli/deploy/archive";
import { contentHash, releaseFiles } from "../../../cli/deploy/files";
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

  it("reach the archive as they are called", async () => {
    const folder = folderWith(files);
    const names: string[] = [];
    await withArchive(folder, ["@odd name.js", "src/app.js"], async (file) => {
      await listArchive({ file, onReadEntry: (entry) => void names.push(path.normalize(entry.path)) });
    });
    expect(names).to.deep.equal(["@odd name.js", "src/app.js"]);
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

    it("changes when a file is left out", () => {
      expect(contentHash(folderWith(files), names.slice(1))).not.to.equal(before);
    });
  });
});
