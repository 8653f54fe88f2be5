import { mkdirSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { prepare } from "../../../cli/deploy/application";
import { readManifest } from "../../../cli/deploy/manifest";
import { UserError } from "../../../cli/errors";
import { sound as healthy } from "../support/fakeCluster";
import { folderWith } from "../support/folder";
import { faultOf } from "../support/sshServer";

const sound = { ...healthy };
delete sound.answer;

describe("an application's directory", () => {
  it("of the example is sound", () => {
    const example = path.resolve(__dirname, "../../../example");
    expect(readManifest(example)).to.include({ name: "example", migrate: "yarn migrate" });
  });

  it("needs no more than a name", () => {
    expect(readManifest(folderWith(sound))).to.deep.equal({
      name: "shop",
      include: [],
      start: "node --enable-source-maps .",
      check: { path: "/healthz", seconds: 30 },
      sites: {},
    });
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

  const yaml = (text: string) => ({ "trivet.yaml": `name: shop\n${text}\n` });
  const faults: [string, Record<string, string>, RegExp][] = [
    ["a package.json that is none", { "package.json": "{" }, /package\.json is not a JSON object/],
    ["the lock of yarn 1", { "yarn.lock": "# yarn lockfile v1\n" }, /yarn\.lock is not yarn 4's/],
    ["YAML that is none", { "trivet.yaml": "a: [" }, /trivet\.yaml is not YAML/],
    ["an unknown key", yaml("migrte: id"), /trivet\.yaml: .*migrte/],
    ["no name", { "trivet.yaml": "migrate: id\n" }, /trivet\.yaml: name/],
    ["an empty trivet.yaml", { "trivet.yaml": "" }, /trivet\.yaml: /],
    ["a name with a way out", { "trivet.yaml": "name: ../etc\n" }, /name: must be lower-case/],
    ["an include with a way out", yaml("include: [dist/../../etc]"), /include\.0: must be a path inside/],
    ["an include from the root", yaml("include: [/etc]"), /include\.0: must be a path inside/],
    ["a start of two lines", yaml('start: "a\\nb"'), /start: must be one line/],
    ["an empty build", yaml('build: ""'), /build: must be one line/],
    ["a check that is no path", yaml("check: { path: healthz }"), /check\.path: must be a path such as "\/healthz"/],
    ["a check without end", yaml("check: { seconds: 3600 }"), /check\.seconds: /],
    ["an unknown key of a check", yaml("check: { port: 1 }"), /check: .*port/],
    ["an unknown key of a site", yaml("sites: { main: { workers: true, sap: x } }"), /sites\.main: .*sap/],
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

describe("what a build has made", () => {
  const preparing = (folder: string, report?: (line: string) => void) =>
    prepare(folder, readManifest(folder), { sites: ["main", "www"], report });
  const yaml = (text: string) => ({ "trivet.yaml": `name: shop\n${text}\n` });

  it("belongs to the release, and is the same release the next time", async () => {
    const files = {
      ...sound,
      ...yaml("build: mkdir -p dist && echo built >dist/a.js\ninclude: [dist/]\nstart: node x"),
    };
    const [one, two] = [await preparing(folderWith(files)), await preparing(folderWith(files))];
    expect(one.files).to.include("dist/a.js");
    const own = one.own;
    expect(own).to.have.keys(
      ".trivet/start",
      ".trivet/release.json",
      ".trivet/sites/main.conf",
      ".trivet/sites/www.conf",
    );
    expect(own[".trivet/start"]).to.equal("node x\n");
    expect(own[".trivet/release.json"]).to.equal('{"name":"shop","check":{"path":"/healthz","seconds":30}}\n');
    expect(two.hash).to.equal(one.hash);
    const other = await preparing(folderWith({ ...files, ...yaml("build: mkdir -p dist && echo built >dist/a.js") }));
    expect(other.hash).not.to.equal(one.hash);
  });

  it("finds a yarn where the machine has none, and reports what it does", async () => {
    const lines: string[] = [];
    await preparing(folderWith({ ...sound, ...yaml("build: command -v yarn") }), (line) => lines.push(line));
    expect(lines.join()).to.match(/\/yarn$/);
  });

  it("is nothing where it fails, and its last lines are shown", async () => {
    const fault = (await faultOf(
      preparing(folderWith({ ...sound, ...yaml("build: echo no types; exit 3") })),
    )) as UserError;
    expect(fault.message).to.match(
      /^The build \("echo no types; exit 3"\) failed with exit code 3, so nothing was uploaded/,
    );
    expect(fault.details).to.equal("no types");
  });

  const faults: [string, Record<string, string>, RegExp][] = [
    ["an included folder", yaml("include: [dist]"), /include: dist is not there after the build/],
    [
      "a site's folder",
      yaml("sites: { main: { static: site } }"),
      /sites\.main.* "site", which is not a folder of the application/,
    ],
    [
      "an index.html",
      { ...yaml("sites: { main: { spa: site } }"), "site/a.js": "" },
      /sites\.main\.spa is "site", which has no index\.html/,
    ],
    [
      "the site in the stack",
      { ...yaml("sites: { shop: { static: site } }"), "site/a.js": "" },
      /sites\.shop is not a site of the stack, which has main, www/,
    ],
    ["a main", { "package.json": '{"main":"dist/x.js"}' }, /"main" is dist\/x\.js, which is not there/],
  ];
  for (const [name, files, says] of faults) {
    it(`is refused where it lacks ${name}`, async () => {
      const fault = (await faultOf(preparing(folderWith({ ...sound, ...files })))) as UserError;
      expect(fault.details).to.match(says);
      expect(fault.details?.split("\n")).to.have.length(1);
    });
  }

  it("is refused where a site's folder does not belong to the release", async () => {
    const folder = folderWith({ ...sound, ...yaml("sites: { main: { static: site } }") });
    mkdirSync(path.join(folder, "site"));
    expect(((await faultOf(preparing(folder))) as UserError).details).to.match(/sites\.main serves site, .* add it to/);
  });

  it("needs no main where trivet.yaml says what starts", async () => {
    const files = { ...sound, "package.json": '{"main":"dist/x.js"}', ...yaml("start: node index.js") };
    expect((await preparing(folderWith(files))).own[".trivet/start"]).to.equal("node index.js\n");
  });
});
