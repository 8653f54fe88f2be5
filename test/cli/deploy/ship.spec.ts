import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { expect } from "chai";
import { DeployNode } from "../../../cli/deploy/node";
import { openAll, ship, type Shipped } from "../../../cli/deploy/ship";
import type { UserError } from "../../../cli/errors";
import { fakeNode, type FakeNode } from "../support/fakeNode";
import { folderWith } from "../support/folder";
import { faultOf, serveSsh, type TestServer } from "../support/sshServer";

const application = (files: Record<string, string> = {}) =>
  folderWith({ "package.json": "{}", "yarn.lock": "__metadata:", answer: "204", ...files });

describe("a deploy", function () {
  this.timeout(60_000);
  let nodes: FakeNode[];
  let servers: TestServer[];

  before(function () {
    // A node's directories are mounted over this machine's, out of everybody else's sight.
    if (process.getuid?.() !== 0) this.skip();
  });
  beforeEach(async () => {
    nodes = [await fakeNode(), await fakeNode()];
    servers = await Promise.all(nodes.map((node, index) => serveSsh(["ash", "birch"][index], node.shell)));
  });
  afterEach(() => {
    nodes.forEach((node) => node.close());
    servers.forEach((server) => server.close());
  });

  const open = () => openAll(servers.map((server) => DeployNode.open(server.target, { patienceSeconds: 1 })));

  async function deploy(directory: string, migrate?: string): Promise<Shipped> {
    const opened = await open();
    try {
      return await ship(directory, { name: "shop", migrate }, opened, { quiet: true });
    } finally {
      opened.forEach((node) => node.close());
    }
  }

  const current = (node: FakeNode) => readlinkSync(node.file("srv/app/current")).replace("releases/", "");
  const restarts = (node: FakeNode) => node.log().filter((line) => line.startsWith("restart")).length;

  it("installs everywhere, migrates once, and switches every worker", async () => {
    const { release, changed } = await deploy(application(), 'echo "migrate $SECRET" >>"$NODE_ROOT/log"');
    expect(changed).to.equal(true);
    const restarted = (node: FakeNode) => node.ports.map((port) => `restart app@${port}`);
    const [ash, birch] = nodes as [FakeNode, FakeNode];
    const installed = `yarn install --immutable in ${release}`;
    expect(ash.log()).to.deep.equal([installed, "migrate of-the-node", ...restarted(ash)]);
    expect(birch.log()).to.deep.equal([installed, ...restarted(birch)]);
    expect(nodes.map(current)).to.deep.equal([release, release]);
  });

  it("changes nothing the second time", async () => {
    const directory = application();
    const first = await deploy(directory);
    const logs = nodes.map((node) => node.log());
    expect(await deploy(directory)).to.deep.equal({ release: first.release, changed: false });
    expect(nodes.map((node) => node.log())).to.deep.equal(logs);
  });

  it("brings only the node up that lacks the release", async () => {
    const directory = application();
    const [ash] = servers as [TestServer];
    const alone = await DeployNode.open(ash.target);
    const { release } = await ship(directory, { name: "shop" }, [alone], { quiet: true });
    alone.close();
    await deploy(directory, "exit 1");
    expect(nodes.map(current)).to.deep.equal([release, release]);
    expect(nodes.map(restarts)).to.deep.equal([2, 2]);
  });

  it("puts the first node back when the release is bad, and leaves the second alone", async () => {
    const { release } = await deploy(application());
    const fault = (await faultOf(deploy(application({ answer: "503" })))) as UserError;
    expect(fault.message).to.match(/^ash did not get healthy with release \S+ within 1 s; it runs \S+ again/);
    expect(fault.message).to.contain(`it runs ${release} again`);
    expect(fault.details).to.contain("the worker's last words");
    expect(nodes.map(current)).to.deep.equal([release, release]);
    // The first worker only: the second one was never stopped for the bad release.
    expect(nodes.map(restarts)).to.deep.equal([2 + 1 + 2, 2]);
    expect((await open()).every((node) => node.serves(release))).to.equal(true);
  });

  it("says when there is nothing to put back", async () => {
    const fault = await faultOf(deploy(application({ answer: "503" })));
    expect(fault.message).to.contain("there was no other release to put back");
  });

  it("stops before any switch when the packages cannot be installed", async () => {
    const { release } = await deploy(application());
    const fault = (await faultOf(deploy(application({ "cannot-install": "" })))) as UserError;
    expect(fault.message).to.match(/^(ash|birch) could not install the packages/);
    expect(fault.details).to.equal("no such package");
    expect(nodes.map(current)).to.deep.equal([release, release]);
    expect(nodes.map(restarts)).to.deep.equal([2, 2]);
  });

  it("stops before any switch when the migration fails", async () => {
    const { release } = await deploy(application());
    const fault = (await faultOf(deploy(application({ new: "" }), "echo no table >&2; exit 3"))) as UserError;
    expect(fault.message).to.match(/^ash could not migrate/);
    expect(fault.details).to.equal("no table");
    expect(nodes.map(current)).to.deep.equal([release, release]);
  });

  it("takes up what broke off before it was ready", async () => {
    const directory = application();
    await faultOf(deploy(directory, "exit 1"));
    const installs = nodes.map((node) => node.log().length);
    const { release } = await deploy(directory);
    expect(nodes.map(current)).to.deep.equal([release, release]);
    expect(installs).to.deep.equal([1, 1]);
    expect(nodes.map((node) => node.log().filter((line) => line.startsWith("yarn")).length)).to.deep.equal([1, 1]);
  });

  it("keeps five releases", async () => {
    for (const version of ["1", "2", "3", "4", "5", "6"]) await deploy(application({ version }));
    const [ash] = nodes as [FakeNode];
    const kept = readdirSync(ash.file("srv/app/releases")).filter((name) => !name.startsWith("."));
    expect(kept).to.have.length(5);
    expect(kept).to.include(current(ash));
    expect(readFileSync(ash.file("srv/app/current/version"), "utf8")).to.equal("6");
    expect(existsSync(ash.file("srv/app/current/installed"))).to.equal(true);
  });

  it("changes nothing when a node is away", async () => {
    servers[1]?.close();
    const fault = await faultOf(deploy(application()));
    expect(fault.message).to.match(/^birch \(127\.0\.0\.1\) cannot be reached/);
    expect(nodes[0]?.log()).to.deep.equal([]);
  });
});
