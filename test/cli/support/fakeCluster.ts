import { readlinkSync } from "node:fs";
import * as path from "node:path";
import { prepare, type Application } from "../../../cli/deploy/application";
import { readManifest } from "../../../cli/deploy/manifest";
import { DeployNode } from "../../../cli/deploy/node";
import { openAll } from "../../../cli/deploy/nodes";
import { rollback } from "../../../cli/deploy/rollback";
import { ship, type Shipped } from "../../../cli/deploy/ship";
import type { NodeState } from "../../../cli/deploy/state";
import { fakeNode, type FakeNode, type FakeNodeOptions } from "./fakeNode";
import { folderWith } from "./folder";
import { serveSsh, type TestServer } from "./sshServer";

/** An application that can be deployed and is healthy. */
export const sound: Record<string, string> = {
  "package.json": "{}",
  "index.js": "",
  "yarn.lock": "__metadata:\n  version: 8\n",
  "trivet.yaml": "name: shop\n",
  answer: "204",
};

interface Left {
  without?: string[];
}

/** Nodes that share a database, each behind an SSH server. */
export class FakeCluster {
  private static readonly opened = new Set<FakeCluster>();

  private constructor(
    readonly nodes: FakeNode[],
    readonly servers: TestServer[],
    /** The file with the recorded migrations. */
    readonly database: string,
  ) {}

  static async make(names: string[], options: FakeNodeOptions = {}): Promise<FakeCluster> {
    const database = path.join(folderWith({}), "migrations");
    const nodes = await Promise.all(names.map(() => fakeNode({ database, ...options })));
    const servers = await Promise.all(nodes.map((node, at) => serveSsh(names[at], node.shell)));
    const cluster = new FakeCluster(nodes, servers, database);
    FakeCluster.opened.add(cluster);
    return cluster;
  }

  /** What `trivet deploy` does, without its reading of the stack. */
  async deploy(directory: string, left: Left = {}): Promise<Shipped> {
    return this.ship(await prepare(directory, readManifest(directory), { sites: ["main"] }), left);
  }

  ship(application: Application, left: Left = {}): Promise<Shipped> {
    return this.with(left, (nodes) => ship(application, nodes, { quiet: true, patience: 1 }));
  }

  rollback(release?: string, left: Left = {}): Promise<Shipped> {
    return this.with(left, (nodes) => rollback(nodes, release, { quiet: true, patience: 1 }));
  }

  states(): Promise<NodeState[]> {
    return this.with({}, (nodes) => Promise.resolve(nodes.map(({ state }) => state)));
  }

  async with<T>({ without = [] }: Left, work: (nodes: DeployNode[]) => Promise<T>): Promise<T> {
    const chosen = this.servers.map(({ target }) => target).filter(({ name }) => !without.includes(name));
    const open = await openAll(chosen.map((target) => ({ name: target.name, opening: DeployNode.open(target) })));
    try {
      return await work(open);
    } finally {
      open.forEach((node) => node.close());
    }
  }

  static closeAll(): void {
    for (const cluster of FakeCluster.opened) cluster.close();
  }

  close(): void {
    FakeCluster.opened.delete(this);
    this.nodes.forEach((node) => node.close());
    this.servers.forEach((server) => server.close());
  }
}

/** Makes ash and birch for each test of the suite around, which may make others. Without root, none of its tests runs. */
export function clusterForEach(made: (cluster: FakeCluster) => void): void {
  before(function () {
    // A node's directories are mounted over this machine's, out of everybody else's sight.
    if (process.getuid?.() !== 0) this.skip();
  });
  beforeEach(async () => {
    made(await FakeCluster.make(["ash", "birch"]));
  });
  afterEach(() => FakeCluster.closeAll());
}

/** The release that a node's workers are started in. */
export const currentRelease = (node: FakeNode): string =>
  readlinkSync(node.file("srv/app/current")).replace("releases/", "");
