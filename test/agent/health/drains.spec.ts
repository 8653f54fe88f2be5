import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { Drains, type DrainFolders } from "../../../agent/health/drains";

describe("a node's drains", () => {
  let dir: string;
  let folders: DrainFolders;
  let drains: Drains;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "trivet-drains-"));
    folders = { lasting: path.join(dir, "var", "drains"), untilBoot: path.join(dir, "run", "drains") };
    drains = new Drains(folders);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("are none where there is no folder", async () => {
    expect(await drains.all()).to.deep.equal([]);
    await drains.remove("operator");
  });

  it("are kept apart by how long they last, and named once", async () => {
    await drains.add("operator", true);
    await drains.add("operator", false);
    await drains.add("shutdown", false);
    expect(readdirSync(folders.lasting)).to.deep.equal(["operator"]);
    expect(readdirSync(folders.untilBoot)).to.have.members(["operator", "shutdown"]);
    expect(await drains.all()).to.deep.equal(["operator", "shutdown"]);
  });

  it("outlive the agent, and the lasting ones the machine", async () => {
    await drains.add("operator", true);
    await drains.add("shutdown", false);
    rmSync(folders.untilBoot, { recursive: true });
    expect(await new Drains(folders).all()).to.deep.equal(["operator"]);
  });

  it("go in both kinds, and leave the others'", async () => {
    for (const lasting of [true, false]) await drains.add("operator", lasting);
    await drains.add("certificate-2", true);
    await drains.remove("operator");
    expect(await drains.all()).to.deep.equal(["certificate-2"]);
  });

  it("may be added and removed again and again", async () => {
    for (let count = 0; count < 2; count++) await drains.add("operator", true);
    expect(await drains.all()).to.deep.equal(["operator"]);
    for (let count = 0; count < 2; count++) await drains.remove("operator");
    expect(await drains.all()).to.deep.equal([]);
  });

  it("may be left by a script; what has no drain's name is none", async () => {
    await drains.add("operator", false);
    for (const name of ["backup", ".backup.swp", "Backup", "a b"])
      writeFileSync(path.join(folders.untilBoot, name), "x");
    expect(await drains.all()).to.deep.equal(["backup", "operator"]);
  });

  for (const name of ["", "../operator", "a/b", "Operator", "a".repeat(31), "..", "a\n"])
    it(`cannot be named ${JSON.stringify(name)}`, async () => {
      for (const attempt of [drains.add(name, true), drains.add(name, false), drains.remove(name)])
        expect(await attempt.catch((error: Error) => error.message)).to.equal(
          `A drain's name is ${JSON.stringify(name)}; wanted 1 to 30 lower-case letters, digits and dashes.`,
        );
      expect(await drains.all()).to.deep.equal([]);
    });
});
