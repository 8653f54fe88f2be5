import * as path from "node:path";
import { expect } from "chai";
import { readManifest } from "../../../cli/deploy/manifest";
import { UserError } from "../../../cli/errors";
import { folderWith } from "../support/folder";

const sound = {
  "package.json": "{}",
  "index.js": "",
  "yarn.lock": "__metadata:\n  version: 10\n",
  "trivet.yaml": "name: shop\n",
};

describe("an application's directory", () => {
  it("of the example is sound", () => {
    const example = path.resolve(__dirname, "../../../example");
    expect(readManifest(example)).to.deep.equal({ name: "example", migrate: "yarn migrate" });
  });

  it("needs no more than a name", () => {
    expect(readManifest(folderWith(sound))).to.deep.equal({ name: "shop" });
  });

  const detailsOf = (files: Record<string, string>): string => {
    try {
      readManifest(folderWith(files));
    } catch (error) {
      return (error as UserError).details ?? "";
    }
    return "";
  };

  it("has every fault listed at once", () => {
    expect(detailsOf({}).split("\n")).to.have.length(3);
  });

  const faults: [string, Record<string, string>, RegExp][] = [
    ["a package.json that is none", { "package.json": "{" }, /package\.json is not JSON/],
    ["the lock of yarn 1", { "yarn.lock": "# yarn lockfile v1\n" }, /yarn\.lock is not yarn 4's/],
    ["YAML that is none", { "trivet.yaml": "a: [" }, /trivet\.yaml is not YAML/],
    ["an unknown key", { "trivet.yaml": "name: shop\nmigrte: id\n" }, /trivet\.yaml: .*migrte/],
    ["no name", { "trivet.yaml": "migrate: id\n" }, /trivet\.yaml: name/],
    ["an empty trivet.yaml", { "trivet.yaml": "" }, /trivet\.yaml: /],
    ["a name with a way out", { "trivet.yaml": "name: ../etc\n" }, /name: must be lower-case/],
    [
      "a main that is not there",
      { "package.json": '{"main":"dist/x.js"}' },
      /"main" is dist\/x\.js, which is not there/,
    ],
  ];
  for (const [name, files, says] of faults) {
    it(`is refused for ${name}, and for nothing else`, () => {
      const details = detailsOf({ ...sound, ...files });
      expect(details).to.match(says);
      expect(details.split("\n")).to.have.length(1);
    });
  }

  it("must be there", () => {
    expect(() => readManifest("/nowhere")).to.throw('"/nowhere" is not a directory');
  });
});
