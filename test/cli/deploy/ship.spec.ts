import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { prepare } from "../../../cli/deploy/application";
import { whoAmI } from "../../../cli/deploy/lock";
import { readManifest } from "../../../cli/deploy/manifest";
import type { UserError } from "../../../cli/errors";
import type { FakeNode } from "../support/fakeNode";
import { folderWith } from "../support/folder";
import { faultOf } from "../support/sshServer";
import { clusterForEach, currentRelease, FakeCluster, sound } from "../support/fakeCluster";
import { until } from "../../support/until";

const application = (files: Record<string, string> = {}, settings = "") =>
  folderWith({ ...sound, "trivet.yaml": `name: shop\ncheck: { seconds: 1 }\n${settings}`, ...files });

describe("a deploy", function () {
  this.timeout(120_000);
  let cluster: FakeCluster;
  clusterForEach((made) => (cluster = made));

  const starts = (node: FakeNode) => node.log().filter((line) => line.startsWith("start")).length;
  const releases = (node: FakeNode) => readdirSync(node.file("srv/app/releases")).filter((name) => name !== ".keep");
  const history = (node: FakeNode) =>
    node
      .read("srv/app/history.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it("installs everywhere, migrates once, and switches node by node out of the way of requests", async () => {
    const migrate = `migrate: 'echo "migrate $SECRET $DATABASE_URL" >>"$NODE_ROOT/log"'\n`;
    const { release, changed } = await cluster.deploy(application({}, migrate));
    expect(changed).to.equal(true);
    const [ash, birch] = cluster.nodes as [FakeNode, FakeNode];
    const installed = ["install --mode=update-lockfile", "workspaces focus --all --production"].map(
      (words) => `yarn ${words} in ${release}`,
    );
    const switched = ({ ports: [a, b] }: FakeNode) => [
      ...[`stop ${a} aside`, `stop ${b} aside`, "reload", `start ${a}`, `start ${b}`],
    ];
    const migrated = "migrate of-the-node postgres://owner:of-the-owner@127.0.0.1:6432/app";
    expect(ash.log()).to.deep.equal([...installed, migrated, ...switched(ash)]);
    expect(birch.log()).to.deep.equal([...installed, ...switched(birch)]);
    expect(cluster.nodes.map(currentRelease)).to.deep.equal([release, release]);
    expect(readFileSync(cluster.database, "utf8")).to.equal(`${release} ash ${whoAmI()}\n`);
    // For the database alone, and not for the eyes of whoever lists processes.
    expect(ash.read("psql-address")).to.equal("owner of-the-owner 127.0.0.1 6432 app\n");
    expect(ash.read("psql-words")).not.to.contain("of-the-owner");
    for (const node of cluster.nodes) {
      expect(existsSync(node.file("run/trivet/aside"))).to.equal(false);
      expect(node.read("var/lib/trivet/sites/main.conf")).not.to.equal("");
      const [entry] = history(node);
      expect(entry).to.include({ release, from: null, by: whoAmI(), how: "deploy", outcome: "ok" });
    }
  });

  it("gives the files to the application, and what the deploy adds to root", async () => {
    const { release } = await cluster.deploy(application({ "src/run.sh": "" }));
    const [ash] = cluster.nodes as [FakeNode];
    const owner = (name: string) => statSync(ash.file(`srv/app/releases/${release}/${name}`)).uid;
    expect(["", "src", "src/run.sh"].map(owner)).to.deep.equal([810, 810, 810]);
    expect([".trivet", ".trivet/start", ".trivet/sites/main.conf"].map(owner)).to.deep.equal([0, 0, 0]);
    expect(statSync(ash.file(`srv/app/releases/${release}/src/run.sh`)).mode & 0o777).to.equal(0o644);
  });

  it("links what has not changed, and never what only looks the same", async () => {
    const directory = application({ same: "same", other: "one" });
    const first = await cluster.deploy(directory);
    const [ash] = cluster.nodes as [FakeNode];
    const times = statSync(path.join(directory, "other"));
    writeFileSync(path.join(directory, "other"), "two");
    utimesSync(path.join(directory, "other"), times.atime, times.mtime);
    const second = await cluster.deploy(directory);
    const inode = (release: string, name: string) => lstatSync(ash.file(`srv/app/releases/${release}/${name}`)).ino;
    expect(inode(first.release, "same")).to.equal(inode(second.release, "same"));
    expect(ash.read(`srv/app/releases/${second.release}/other`)).to.equal("two");
    expect(ash.read(`srv/app/releases/${first.release}/other`)).to.equal("one");
  });

  it("changes nothing the second time", async () => {
    const directory = application();
    const first = await cluster.deploy(directory);
    const logs = cluster.nodes.map((node) => node.log());
    expect(await cluster.deploy(directory)).to.deep.equal({ release: first.release, changed: false, notes: [] });
    expect(cluster.nodes.map((node) => node.log())).to.deep.equal(logs);
  });

  it("brings only the node up that was left out, and migrates no second time", async () => {
    const directory = application({}, "migrate: 'echo migrate >>\"$NODE_ROOT/log\"'\n");
    const { release } = await cluster.deploy(directory, { without: ["birch"] });
    await cluster.deploy(directory);
    expect(cluster.nodes.map(currentRelease)).to.deep.equal([release, release]);
    expect(cluster.nodes.map(starts)).to.deep.equal([2, 2]);
    expect(cluster.nodes.flatMap((node) => node.log()).filter((line) => line === "migrate")).to.have.length(1);
  });

  const bad: [string, Record<string, string>, RegExp][] = [
    ["answers 500", { answer: "500" }, /the worker on port \d+ answers 500 to GET \/healthz for 1 s/],
    ["starts and dies, again and again", { crashes: "" }, /the worker on port \d+ starts and ends again \(\d+ times\)/],
    ["never answers", { answer: "nothing" }, /the worker on port \d+ (answers \d+ to|does not answer) GET \/healthz/],
  ];
  for (const [what, files, says] of bad) {
    it(`puts the first node back when a worker ${what}, and leaves the second alone`, async () => {
      const { release } = await cluster.deploy(application());
      const fault = (await faultOf(cluster.deploy(application(files)))) as UserError;
      expect(fault.message).to.match(/^ash did not get healthy with release \S+; it runs \S+ again/);
      expect(fault.message).to.contain(`it runs ${release} again`);
      expect(fault.details).to.match(says).and.to.contain("the worker's last words").and.not.to.contain("0xc70d60");
      expect(cluster.nodes.map(currentRelease)).to.deep.equal([release, release]);
      expect(cluster.nodes.map(starts)).to.deep.equal([2 + 2 + 2, 2]);
      expect((await cluster.states()).map(({ current, healthy }) => ({ current, healthy }))).to.deep.equal([
        { current: release, healthy: true },
        { current: release, healthy: true },
      ]);
      const [ash, birch] = cluster.nodes as [FakeNode, FakeNode];
      expect(history(ash).map(({ outcome }) => outcome)).to.deep.equal(["ok", "put back"]);
      expect(history(birch)).to.have.length(1);
      expect(existsSync(ash.file("run/trivet/aside"))).to.equal(false);
    });
  }

  it("says when there is nothing to put back", async () => {
    const fault = await faultOf(cluster.deploy(application({ answer: "503" })));
    expect(fault.message).to.contain("there was no other release to put back");
  });

  it("says when the release before does not get healthy either", async () => {
    const { release } = await cluster.deploy(application());
    for (const node of cluster.nodes) node.write(`srv/app/releases/${release}/answer`, "503");
    const fault = await faultOf(cluster.deploy(application({ answer: "500" })));
    expect(fault.message).to.contain(`${release} was put back, but does not get healthy either`);
  });

  it("puts nginx' settings back with the release when nginx refuses the new ones", async () => {
    const before = application();
    const { release } = await cluster.deploy(before);
    const [ash] = cluster.nodes as [FakeNode];
    const served = ash.read("var/lib/trivet/sites/main.conf");
    ash.write("nginx-refuses", "");
    const settings = "sites: { main: { static: site } }\n";
    await faultOf(cluster.deploy(application({ "site/a.txt": "a" }, settings)));
    expect(currentRelease(ash)).to.equal(release);
    expect(ash.read("var/lib/trivet/sites/main.conf")).to.equal(served);
  });

  it("goes on where a worker ignores SIGTERM, and says so", async () => {
    await cluster.deploy(application({ deaf: "" }));
    const { notes } = await cluster.deploy(application());
    const [ash] = cluster.nodes as [FakeNode];
    expect(notes).to.have.length(4);
    expect(notes[0]).to.equal(`ash: the worker on port ${ash.ports[0]} ignored SIGTERM for 30 s and was killed`);
  });

  it("restarts worker by worker on a node alone", async () => {
    cluster = await FakeCluster.make(["oak"], { peers: false });
    await cluster.deploy(application());
    const [oak] = cluster.nodes as [FakeNode];
    const [a, b] = oak.ports;
    const work = oak.log().filter((line) => !line.startsWith("yarn"));
    expect(work).to.deep.equal(["reload", `stop ${a}`, `start ${a}`, `stop ${b}`, `start ${b}`]);
  });

  it("stops before any switch when the packages cannot be installed", async () => {
    const { release } = await cluster.deploy(application());
    const fault = (await faultOf(cluster.deploy(application({ "cannot-install": "" })))) as UserError;
    expect(fault.message).to.match(/^(ash|birch) could not install the packages/);
    expect(fault.details).to.equal("no such package");
    expect(cluster.nodes.map(currentRelease)).to.deep.equal([release, release]);
    expect(cluster.nodes.map(starts)).to.deep.equal([2, 2]);
  });

  it("stops when yarn.lock does not fit", async () => {
    const fault = (await faultOf(cluster.deploy(application({ "other-lock": "" })))) as UserError;
    expect(fault.details).to.contain("yarn.lock does not fit package.json");
  });

  it("stops before any switch when the migration fails, and repeats it the next time", async () => {
    const { release } = await cluster.deploy(application());
    const next = application({ new: "" }, `migrate: 'echo no table >&2; test -e "$NODE_ROOT/mended"'\n`);
    const fault = (await faultOf(cluster.deploy(next))) as UserError;
    expect(fault.message).to.match(/^ash could not migrate/);
    expect(fault.details).to.equal("no table");
    expect(cluster.nodes.map(currentRelease)).to.deep.equal([release, release]);
    expect(existsSync(cluster.database)).to.equal(false);
    cluster.nodes[0]?.write("mended", "");
    const shipped = await cluster.deploy(next);
    expect(cluster.nodes.map(currentRelease)).to.deep.equal([shipped.release, shipped.release]);
    expect(readFileSync(cluster.database, "utf8")).to.match(new RegExp(`^${shipped.release} ash `));
  });

  it("says that the outcome is not known when the database goes away under a migration", async () => {
    const migrate = `migrate: 'touch "$FAKE_DATABASE.away"; sleep 20'\n`;
    const fault = (await faultOf(cluster.deploy(application({}, migrate)))) as UserError;
    expect(fault.message).to.match(/^ash lost the database: it is not known whether the migration .* Deploy again/);
    expect(fault.details).to.contain("the connection to the database broke while the migration ran");
    expect(cluster.nodes.map(starts)).to.deep.equal([0, 0]);
  });

  it("says that the outcome is not known when the connection breaks under a migration", async () => {
    const migrate = `migrate: 'touch "$NODE_ROOT/began"; sleep 5'\n`;
    const deploying = faultOf(cluster.deploy(application({}, migrate)));
    const [ash] = cluster.nodes as [FakeNode];
    await until(() => existsSync(ash.file("began")));
    cluster.servers[0]?.drop();
    expect((await deploying).message).to.match(/^ash: it is not known whether the migration/);
  });

  it("takes up an upload that broke off", async () => {
    const directory = application();
    const part = "srv/app/releases/.20260101T000000Z-ffffffffffff.part";
    const manifest = readManifest(directory);
    const { hash } = await prepare(directory, manifest, { sites: ["main"] });
    const begun = `20260101T000000Z-${hash.slice(0, 12)}`;
    const [ash, birch] = cluster.nodes as [FakeNode, FakeNode];
    for (const folder of [part, `srv/app/releases/.${begun}.part`]) mkdirSync(ash.file(folder));
    const { release } = await cluster.deploy(directory);
    expect(release).to.equal(begun);
    // What nothing will finish is gone.
    expect(releases(ash)).to.deep.equal([begun]);
    expect(releases(birch)).to.deep.equal([begun]);
  });

  it("takes up what was uploaded and not installed", async () => {
    const directory = application({}, `migrate: 'test -e "$NODE_ROOT/mended"'\n`);
    await faultOf(cluster.deploy(directory));
    for (const node of cluster.nodes) node.write("mended", "");
    const { release } = await cluster.deploy(directory);
    expect(cluster.nodes.map(currentRelease)).to.deep.equal([release, release]);
    expect(cluster.nodes.map((node) => node.log().filter((line) => line.startsWith("yarn")).length)).to.deep.equal([
      2, 2,
    ]);
  });

  it("keeps five releases, and the sites' files of these alone", async () => {
    cluster = await FakeCluster.make(["ash"]);
    const site = "sites: { main: { static: site } }\n";
    const release = (version: string) => application({ version, [`site/app.${version}.js`]: version }, site);
    for (const version of ["1", "2", "3", "4", "5", "6"]) await cluster.deploy(release(version));
    const [ash] = cluster.nodes as [FakeNode];
    expect(releases(ash)).to.have.length(5).and.to.include(currentRelease(ash));
    expect(ash.read("srv/app/current/version")).to.equal("6");
    expect(readdirSync(ash.file("srv/app/shared/main")).sort()).to.deep.equal(
      ["2", "3", "4", "5", "6"].map((version) => `app.${version}.js`),
    );
    expect(existsSync(ash.file("srv/app/current/installed"))).to.equal(true);
  });

  it("has a new page's files on every node before any node serves the page", async () => {
    const bad = application({ answer: "500", "site/app.new.js": "new" }, "sites: { main: { static: site } }\n");
    await faultOf(cluster.deploy(bad));
    for (const node of cluster.nodes) expect(node.read("srv/app/shared/main/app.new.js")).to.equal("new");
  });

  it("changes nothing when a node is away, and goes on without it when told so", async () => {
    cluster.servers[1]?.close();
    const fault = (await faultOf(cluster.deploy(application()))) as UserError;
    expect(fault.message).to.match(/^birch cannot take a release .* nothing was changed; .* "--without birch"\.$/);
    expect(fault.details).to.match(/birch \(127\.0\.0\.1\) cannot be reached/);
    expect(cluster.nodes[0]?.log()).to.deep.equal([]);
    const { release } = await cluster.deploy(application(), { without: ["birch"] });
    expect(currentRelease(cluster.nodes[0]!)).to.equal(release);
  });

  it("changes nothing when a node is out of rotation, and goes on without it when told so", async () => {
    await cluster.deploy(application());
    cluster.nodes[1]?.write("agent", '{"health":{"in":false,"why":"It is drained by operator."}}');
    const logs = cluster.nodes.map((node) => node.log());
    const fault = await faultOf(cluster.deploy(application({ new: "" })));
    expect(fault.message).to.match(/^birch is out of rotation \(It is drained by operator\), .* "--without birch"\.$/);
    expect(cluster.nodes.map((node) => node.log())).to.deep.equal(logs);
    const { release } = await cluster.deploy(application({ new: "" }), { without: ["birch"] });
    expect(currentRelease(cluster.nodes[0]!)).to.equal(release);
  });

  it("does not take a node when another went out of rotation meanwhile", async () => {
    await cluster.deploy(application());
    const [ash, birch] = cluster.nodes as [FakeNode, FakeNode];
    birch.write("agent", '{"health":{"in":true}}');
    // The migration on ash is the moment at which birch goes out.
    const out = JSON.stringify({ health: { in: false, why: "No database." } });
    birch.write("out", out);
    const migrate = `migrate: cp ${birch.file("out")} ${birch.file("agent")}\n`;
    const fault = await faultOf(cluster.deploy(application({ new: "" }, migrate)));
    expect(fault.message).to.equal("birch went out of rotation, so ash was not switched (No database).");
    expect(cluster.nodes.map(starts)).to.deep.equal([2, 2]);
    expect(ash.log().some((line) => line.startsWith("yarn"))).to.equal(true);
  });

  it("says which nodes have the release when one does not get back into rotation", async () => {
    const [, birch] = cluster.nodes as [FakeNode, FakeNode];
    birch.write("agent", '{"health":{"in":false,"why":"No primary."}}');
    const fault = await faultOf(cluster.deploy(application()));
    expect(fault.message).to.match(
      /^birch runs \S+, but is not back in rotation after 1 s \(No primary\)\. ash already runs \S+; mend it/,
    );
  });

  it("refuses a release that the disk cannot hold", async () => {
    const directory = application();
    const prepared = await prepare(directory, readManifest(directory), { sites: ["main"] });
    const fault = (await faultOf(cluster.ship({ ...prepared, bytes: 1e15 }))) as UserError;
    expect(fault.message).to.match(/^The release has \S+ MiB and needs twice that on every node/);
    expect(fault.details?.split("\n")).to.have.length(2);
    expect(cluster.nodes.map((node) => node.log())).to.deep.equal([[], []]);
  });
});
