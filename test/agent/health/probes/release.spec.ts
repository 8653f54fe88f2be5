import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { Release } from "../../../../agent/health/probes/release";

describe("how a node's workers are asked", () => {
  let dir: string;
  let release: Release;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "trivet-release-"));
    release = new Release({ node: path.join(dir, "node.json"), current: path.join(dir, "current") });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  function put(id: string, settings?: string): void {
    mkdirSync(path.join(dir, "releases", id, ".trivet"), { recursive: true });
    if (settings !== undefined) writeFileSync(path.join(dir, "releases", id, ".trivet", "release.json"), settings);
  }
  function link(id: string): void {
    rmSync(path.join(dir, "current"), { force: true });
    symlinkSync(path.join("releases", id), path.join(dir, "current"));
  }

  it("has the node's ports, as they are now", async () => {
    const ports = (...ports: number[]) =>
      writeFileSync(
        path.join(dir, "node.json"),
        JSON.stringify({ name: "ash", workers: ports.map((port) => ({ port })) }),
      );
    ports(3001);
    expect(await release.ports()).to.deep.equal([3001]);
    ports(3001, 3002);
    expect(await release.ports()).to.deep.equal([3001, 3002]);
  });

  it("has the path /healthz before the first release", async () =>
    expect(await release.checkPath()).to.equal("/healthz"));

  const paths: [string, string | undefined, string][] = [
    ["names its own", '{"check":{"path":"/up?deep=1","seconds":30}}', "/up?deep=1"],
    ["names none", "{}", "/healthz"],
    ["has no such file", undefined, "/healthz"],
    ["has a file that is no JSON", "{", "/healthz"],
    ["names something else", '{"check":{"path":7}}', "/healthz"],
    ["names what is no path", '{"check":{"path":"/a b"}}', "/healthz"],
  ];
  for (const [what, settings, wanted] of paths)
    it(`has the path ${wanted} of a release that ${what}`, async () => {
      put("one", settings);
      link("one");
      expect(await release.checkPath()).to.equal(wanted);
    });

  it("has another path after the release was switched", async () => {
    put("one", '{"check":{"path":"/one"}}');
    put("two", '{"check":{"path":"/two"}}');
    const seen: string[] = [];
    for (const id of ["one", "two", "one"]) {
      link(id);
      seen.push(await release.checkPath());
    }
    expect(seen).to.deep.equal(["/one", "/two", "/one"]);
  });
});
