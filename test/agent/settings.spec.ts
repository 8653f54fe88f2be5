import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { readSettings } from "../../agent/settings";

describe("the agent's settings", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "trivet-settings-"));
    file = path.join(folder, "agent.json");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const settings = {
    name: "ash",
    nodes: [
      { name: "ash", ip: "10.22.0.11", data: true },
      { name: "fig", ip: "10.22.0.14", data: false },
    ],
    lastNode: "protect",
  };
  const fault = () =>
    readSettings(file).then(
      () => "none",
      (error: Error) => error.message,
    );

  it("are what the file says", async () => {
    writeFileSync(file, JSON.stringify(settings));
    expect(await readSettings(file)).to.deep.equal(settings);
  });

  it("name a node of the stack", async () => {
    writeFileSync(file, JSON.stringify({ ...settings, name: "elm" }));
    expect(await fault()).to.equal(`${file}: "elm" is none of ash, fig.`);
  });

  it("must be there", async () => {
    expect(await fault())
      .to.include("ENOENT")
      .and.to.include(file);
  });
});
