import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { timing } from "../../../agent/timing";
import { localCluster } from "../../../drills/cluster";
import { powerCut, promised } from "../../../drills/faults";
import { report, runDrill, summary, type Drill } from "../../../drills/run";
import { whole } from "../../../drills/stage";
import { primaryOf } from "../../../drills/subject";
import { eventually, fileOf, healthy, inside, npmRun, pulumi, request, sql, trivet } from "../cluster";
import { noCluster } from "../shared";

const url = "https://app.trivet.test";
const five = ["ash", "birch", "cedar", "dogwood", "elm"];

/** The way of every user from one shape to another: stacks/ and the settings are edited, then it goes `up`. */
describe("a stack of another shape than prod's", function () {
  this.timeout(15 * 60_000);
  const shape = fileOf("stacks", "local.ts");
  const settings = fileOf("Pulumi.local.yaml");
  const committed = new Map<string, string>();
  const restore = () => committed.forEach((text, file) => writeFileSync(file, text));

  before(() => {
    noCluster();
    for (const file of [shape, settings]) committed.set(file, readFileSync(file, "utf8"));
  });

  let failed = false;
  afterEach(function () {
    failed ||= this.currentTest?.state === "failed";
  });

  after(async () => {
    if (committed.size === 0) return;
    restore();
    if (!(failed && process.env.TRIVET_KEEP)) await npmRun("down");
  });

  async function up(names: string[]): Promise<void> {
    const nodes = JSON.stringify(names.map((name) => ({ name })));
    const text = `{ nodes: ${nodes}, nominated: "ash", protect: false }`;
    writeFileSync(shape, `import type { Shape } from "./shape";\n\nexport const local: Shape = ${text};\n`);
    const { exitCode, all } = await npmRun("up");
    expect(exitCode, all).to.equal(0);
  }

  describe("one node", () => {
    before(() => up(["ash"]));

    it("serves the application through the balancer, rows and redis' keys", async () => {
      await writes("on one node");
      expect((await request(`${url}/notes`)).body).to.include("on one node");
      expect(await visits()).to.be.at.least(1);
    });

    it("is healthy, and the next `up` changes nothing", async () => {
      expect((await trivet("status")).stdout).to.include("local is healthy.");
      const { all } = await pulumi("up", "--yes", "--skip-preview");
      expect(all).to.match(/\d+ unchanged/);
      expect(all).to.not.match(/\d+ (changes|created|updated)/);
    });

    it("has everything again when its power returns, by itself", async () => {
      await writes("just before the cut");
      const before = await visits();
      // redis may lose what the last second has brought.
      await sleep(2_000);
      expect((await trivet("local", "cut", "ash")).exitCode).to.equal(0);
      const cut = await trivet("status");
      expect(cut.stdout).to.match(/ash \(\S+\) cannot be reached/);
      expect((await trivet("local", "restore", "ash")).exitCode).to.equal(0);
      await healthy(90);
      // The balancer admits a node again after two good checks.
      await eventually(30, async () => expect(await visits()).to.equal(before));
      expect((await request(`${url}/notes`)).body).to.include("just before the cut");
      await writes("after the cut");
    });
  });

  describe("five nodes, grown from the one", () => {
    before(() => up(five));

    it("all have the data, and a majority confirms each write", async () => {
      await healthy(60);
      for (const node of five)
        await eventually(20, async () => {
          expect(await sql(node, "SELECT count(*) FROM notes WHERE text = 'just before the cut'"), node).to.equal("1");
        });
      const primary = await primaryOf(await localCluster());
      expect(await sql(primary, "SHOW synchronous_standby_names")).to.match(/^ANY 2 \(("\w+"(, )?){5}\)$/);
    });

    it("lose two of them, the primary too, and no acknowledged write", async () => {
      const outcome = await runDrill(await localCluster(), twoOfFive);
      expect(outcome.broken, report(outcome)).to.deep.equal([]);
      console.log(`        ${summary(outcome)}`);
      await healthy(60);
    });

    it("let a commit wait when no standby is left, unless the last node may go on", async () => {
      const primary = await primaryOf(await localCluster());
      const standbys = five.filter((node) => node !== primary);
      const server = "/usr/lib/postgresql/17/bin/postgres";
      const kill = `chmod a-x ${server} && systemctl kill --signal SIGKILL postgresql@17-main`;
      await Promise.all(standbys.map((node) => inside(node, kill)));

      const commit = sql(primary, "INSERT INTO notes (text) VALUES ('on one disk')").then(() => "acknowledged");
      expect(await Promise.race([commit, sleep(timing.alone + 2_000, "waits")])).to.equal("waits");
      expect((await trivet("status")).stdout).to.include(`${primary}: writes wait`);

      writeFileSync(settings, committed.get(settings)!.replace("config:\n", "config:\n  trivet:lastNode: available\n"));
      const { exitCode, all } = await pulumi("up", "--yes", "--skip-preview");
      expect(exitCode, all).to.equal(0);
      expect(await commit).to.equal("acknowledged");
      await writes("alone");
      expect((await trivet("status")).stdout).to.include(`${primary}: it goes on without a standby`);

      await Promise.all(standbys.map((node) => inside(node, `chmod a+x ${server}`)));
      await healthy(120);
      expect(await sql(standbys[0]!, "SELECT count(*) FROM notes WHERE text IN ('on one disk', 'alone')")).to.equal(
        "2",
      );
    });
  });
});

/** As many as may fail at once, and redis' master among them. */
const twoOfFive: Drill = {
  name: "power cut of the primary and another node, of five",
  part: "several",
  promised: { ...whole, gapSeconds: promised.hostLost },
  run: async (stage) => {
    const primary = await stage.pick("primary");
    const master = await stage.pick("redis master");
    const lost = [primary, master === primary ? await stage.pick("standby") : master];
    await stage.inject(powerCut, ...lost);
    await stage.writing();
    const { stdout } = await trivet("status");
    for (const node of lost) expect(stdout).to.match(new RegExp(`${node} \\(\\S+\\) cannot be reached`));
    expect(lost).to.not.include(await stage.pick("primary"));
    await stage.end(powerCut, ...lost);
    await stage.whole();
  },
};

async function writes(text: string): Promise<void> {
  await eventually(30, async () => {
    expect((await request(`${url}/notes`, { method: "POST", body: { text } })).status).to.equal(201);
    expect((await request(`${url}/visits`, { method: "POST" })).status).to.equal(200);
  });
}

async function visits(): Promise<number> {
  const { body } = await request(`${url}/visits`);
  return (JSON.parse(body) as { visits: number }).visits;
}
