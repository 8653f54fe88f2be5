import { config, expect } from "chai";
import { execa } from "execa";
import { setTimeout as pause } from "node:timers/promises";
import { projectRoot } from "../../local/paths";
import { Application } from "./application";
import { eventually, healthy, inside, machine, primaryNode, request, trivet } from "./cluster";
import { sharedCluster } from "./shared";
import { brief, http2Session, under } from "./traffic";

config.truncateThreshold = 0;
const nodes = ["ash", "birch", "cedar"];
const url = "https://app.trivet.test";

interface Releases {
  current: string | null;
  releases: { release: string; nodes: string[] }[];
}

/** Releases, on the cluster that is up or one that is made for them: nobody who uses the application notices. */
describe("releases", function () {
  this.timeout(15 * 60_000);
  let application: Application;

  before(async () => {
    await sharedCluster();
    await healthy(120);
    application = await Application.copy();
  });

  after(async () => application.remove());

  const releaseOf = (node: string) => inside(node, "basename $(readlink /srv/app/current)");
  /** Waits until a deploy has come to this node. */
  const switching = (node: string) =>
    eventually(120, () => inside(node, "systemctl is-active trivet-switch | grep ^activ"));
  const releasesOnNodes = () => Promise.all(nodes.map(releaseOf));

  async function deployed(): Promise<string> {
    await application.touch();
    const { exitCode, all } = await application.deploy();
    expect(exitCode, all).to.equal(0);
    const [release, ...others] = new Set(await releasesOnNodes());
    expect(others).to.deep.equal([]);
    return release!;
  }

  /** A deploy that fails says why, stops at the first node and puts it back; nobody notices. */
  async function isRefused(reason: RegExp): Promise<string> {
    const before = await releasesOnNodes();
    let said = "";
    const summary = await under({ traffic: brief }, async () => {
      const { exitCode, all } = await application.deploy();
      expect(exitCode, all).to.not.equal(0);
      said = all ?? "";
    });
    expect(summary.total.ok).to.be.above(100);
    expect(said).to.match(reason);
    expect(await releasesOnNodes(), said).to.deep.equal(before);
    await healthy(60);
    return said;
  }

  /** Changes the application for one test. */
  async function changed(file: string, what: RegExp, by: string, test: () => Promise<void>): Promise<void> {
    await application.edit(file, what, by);
    try {
      await test();
    } finally {
      await application.remove();
      application = await Application.copy();
    }
  }

  it("go out and back while everything is in use, and no request fails", async () => {
    const first = await deployed();
    let second = "";
    const summary = await under({}, async () => {
      second = await deployed();
      const { exitCode, all } = await trivet("rollback", "-s", "local");
      expect(exitCode, all).to.equal(0);
      expect(await releasesOnNodes()).to.deep.equal([first, first, first]);
      await pause(2_000);
    });
    expect(Object.keys(summary.releases)).to.include.members([first, second]);
    expect(summary.kinds.slow?.ok, "requests of 20 s").to.be.above(0);
    expect(summary.kinds.ws?.reconnected).to.be.above(0);
    console.log(`      ${summary.total.ok} requests, ${summary.total.repeated} repeated, 0 failed`);
  });

  it("are the same when nothing changed", async () => {
    const before = await releasesOnNodes();
    await deployed();
    const again = await application.deploy();
    expect(again.all).to.include("nothing changed");
    expect(await releasesOnNodes()).to.not.deep.equal(before);
  });

  it("are listed", async () => {
    const { stdout, exitCode } = await trivet("releases", "--json", "-s", "local");
    expect(exitCode).to.equal(0);
    const { releases } = JSON.parse(stdout) as Releases;
    expect(releases.map(({ release }) => release)).to.include(await releaseOf("ash"));
  });

  describe("that are bad stop at the first node, which goes back", () => {
    it("does not install", () =>
      changed("package.json", /"express": "[^"]*"/, '"express": "5.3.0-nowhere"', async () => {
        await isRefused(/yarn|lockfile|install/i);
      }));

    it("does not start", () =>
      changed("src/server.js", /^/, 'throw new Error("this release is broken");\n', async () => {
        expect(await isRefused(/did not get healthy|does not start/i)).to.include("this release is broken");
      }));

    it("starts and fails its check", () =>
      changed("src/app.js", /\? 204 : 503/, "? 500 : 500", async () => {
        await application.edit("trivet.yaml", /$/, "check: { seconds: 10 }\n");
        await isRefused(/did not get healthy/i);
      }));

    it("leaks until it is killed", () =>
      changed(
        "src/server.js",
        /^/,
        // Objects: node ends at its heap's limit. What is beside the heap is systemd's to limit, by a controller that the
        // local cloud's machines lack where the host has control groups v1.
        "const hoard = [];\nsetInterval(() => hoard.push(Array.from({ length: 200_000 }, () => ({}))), 50);\n",
        async () => {
          expect(await isRefused(/starts and ends again/)).to.match(/heap out of memory/);
        },
      ));

    it("fails its migration, and then no node is touched", () =>
      changed("trivet.yaml", /^migrate:.*$/m, "migrate: echo half done; exit 3", async () => {
        await application.touch();
        expect(await isRefused(/migrat/i)).to.include("half done");
      }));
  });

  it("replace one that ignores SIGTERM", () =>
    changed(
      "src/serve.js",
      /process\.once\("SIGTERM", stop\);/,
      'process.on("SIGTERM", () => log("ignoring"));',
      async () => {
        await deployed();
        await application.edit("src/serve.js", /log\("ignoring"\)/, 'stop("SIGTERM")');
        await deployed();
        await healthy(60);
      },
    ));

  it("are refused when there is no room for them", async () => {
    await inside("birch", "fallocate -l $(($(df --output=avail -B1 / | tail -1) - 20000000)) /root/ballast");
    try {
      await application.touch();
      const { exitCode, all } = await application.deploy();
      expect(exitCode, all).to.not.equal(0);
      expect(all).to.match(/birch: .* MiB are free/);
    } finally {
      await inside("birch", "rm -f /root/ballast");
      await healthy(120);
    }
  });

  it("go out one at a time", async () => {
    await application.touch();
    const first = application.deploy();
    await eventually(60, () => inside("ash", "test -s /run/trivet/deploy.lock"));
    const second = await application.deploy();
    expect(second.exitCode, second.all).to.not.equal(0);
    expect(second.all).to.match(/has held ash for/);
    expect((await first).exitCode, (await first).all).to.equal(0);
  });

  it("leave no lock and no half node when the deploying machine dies", async () => {
    await application.touch();
    const dying = execa("bin/trivet", ["deploy", application.directory, "-s", "local"], {
      cwd: projectRoot,
      reject: false,
      all: true,
    });
    await switching("ash");
    // The launcher starts Node.js, which would go on without it.
    await execa("pkill", ["-KILL", "-P", String(dying.pid)], { reject: false });
    dying.kill("SIGKILL");
    await dying;
    await eventually(90, async () => {
      const { exitCode, all } = await application.deploy();
      expect(exitCode, all).to.equal(0);
    });
    await healthy(60);
  });

  it("stop, and say so, when a node dies in the middle", async () => {
    await application.touch();
    const deploying = application.deploy();
    await switching("ash");
    await trivet("local", "cut", "cedar");
    const { exitCode, all } = await deploying;
    expect(exitCode, all).to.not.equal(0);
    expect(all).to.include("cedar");
    await trivet("local", "restore", "cedar");
    // Some may have the new release already: the next deploy finishes it, as soon as the node takes part again.
    await eventually(180, async () => {
      const again = await application.deploy();
      expect(again.exitCode, again.all).to.equal(0);
    });
    await healthy(60);
  });

  describe("and all else that takes something away, node by node", () => {
    // Of each node, a reboot drains it in the same way. An HTTP/2 session that stayed would still have requests when
    // the reboot ends nginx and the workers at once.
    it("drains the primary's node, which HTTP/2's sessions leave too, and takes it back", async () => {
      const node = await primaryNode();
      const session = await http2Session(node);
      const summary = await under({}, async () => {
        const draining = trivet("drain", node, "-s", "local");
        let drained = false;
        void draining.finally(() => (drained = true));
        for (; !drained; await pause(20)) await session.asks();
        expect((await draining).exitCode, (await draining).all).to.equal(0);
        expect(await session.asks()).to.not.equal(node);
        expect((await trivet("status", "-s", "local")).stdout).to.match(new RegExp(`${node}.*(drained|out)`));
        const back = await trivet("undrain", node, "-s", "local");
        expect(back.exitCode, back.all).to.equal(0);
      }).finally(() => session.close());
      expect(summary.total.ok).to.be.above(100);
      expect(await primaryNode()).to.not.equal(node);
      await healthy(60);
    });

    for (const node of nodes)
      it(`reboots ${node}`, async () => {
        const boot = () =>
          inside(node, "cat /proc/sys/kernel/random/boot_id; systemctl show -p UserspaceTimestampMonotonic");
        const before = await boot();
        await under({}, async () => {
          const { exitCode, all } = await trivet("reboot", node, "-s", "local");
          expect(exitCode, all).to.equal(0);
        });
        expect(await boot()).to.not.equal(before);
        await healthy(60);
      });
  });

  it("end with every node and worker in rotation", async () => {
    expect((await machine("ash")).state).to.equal("active");
    const seen = new Set<string>();
    await eventually(60, async () => {
      const { node, worker } = JSON.parse((await request(`${url}/api/about`)).body) as { node: string; worker: string };
      seen.add(`${node}:${worker}`);
      expect(seen.size).to.equal(6);
    });
  });
});
