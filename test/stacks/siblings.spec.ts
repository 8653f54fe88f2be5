import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { rangesOfOtherStacks } from "../../stacks/siblings";

describe("the ranges of other stacks", () => {
  let dir: string;
  const write = (file: string, text: string) => writeFileSync(path.join(dir, file), text);
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "trivet-stacks-"));
    write("Pulumi.yaml", "config:\n  trivet:vpcCidr:\n    default: 10.20.0.0/24\n");
    write("Pulumi.oak.yaml", "config:\n  trivet:vpcCidr: 10.1.0.0/24\n");
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("are their own settings, or the default", () => {
    write("Pulumi.elm.yaml", "config:\n  trivet:domain: elm.test\n");
    write("Pulumi.fir.yaml", "encryptionsalt: v1:x\n");
    write("Pulumi.yew.2.yaml", "config:\n  trivet:vpcCidr: 10.2.0.0/24\n");
    write("Pulumi.new.yaml", "");
    write("notes.yaml", "config: [");
    expect(rangesOfOtherStacks(dir, "oak")).to.deep.equal({
      elm: "10.20.0.0/24",
      fir: "10.20.0.0/24",
      new: "10.20.0.0/24",
      "yew.2": "10.2.0.0/24",
    });
    expect(rangesOfOtherStacks(dir, "elm")).to.include({ oak: "10.1.0.0/24" });
  });

  it("leave out what is no text, such as an encrypted one", () => {
    write("Pulumi.elm.yaml", "config:\n  trivet:vpcCidr:\n    secure: AAA\n");
    expect(rangesOfOtherStacks(dir, "oak")).to.deep.equal({});
  });

  it("name a file that is not YAML", () => {
    write("Pulumi.elm.yaml", "config: [");
    expect(() => rangesOfOtherStacks(dir, "oak")).to.throw(/^Pulumi\.elm\.yaml cannot be read: /);
  });

  it("of this project are all different", () => {
    const project = path.join(__dirname, "..", "..");
    const ranges = Object.values(rangesOfOtherStacks(project, ""));
    expect(ranges.length).to.be.at.least(3);
    expect(new Set(ranges).size).to.equal(ranges.length);
  });
});
