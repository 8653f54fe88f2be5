import { expect } from "chai";
import { readFileSync } from "node:fs";
import { apiUrl, paths } from "../../local/paths";
import { eventually, healthy, npmRun, primaryNode, pulumi, request, sql, trivet } from "./cluster";
import { ask, masterNode, whole } from "./redis";
import { sharedCluster } from "./shared";

const nodes = ["ash", "birch", "cedar"];
const url = "https://app.trivet.test";
const writes = (text: string) => request(`${url}/notes`, { method: "POST", body: { text } });

/** A machine that somebody deleted in DigitalOcean's own panel: the primary's, which is redis' master, too. */
describe("a droplet that somebody deleted", function () {
  this.timeout(15 * 60_000);
  let lost: string;
  let notes: number;

  before(async () => {
    await sharedCluster();
    await healthy(120);
    lost = await masterNode();
    if ((await primaryNode()) !== lost) {
      const { exitCode, all } = await trivet("switchover", lost);
      expect(exitCode, all).to.equal(0);
    }
    await healthy(60);
    notes = Number(await sql(lost, "SELECT count(*) FROM notes"));
  });

  it("is missed by refresh, and the next up makes the cluster whole, data and all", async () => {
    const headers = { authorization: `Bearer ${readFileSync(paths.token, "utf8").trim()}` };
    const list = await fetch(`${apiUrl}/v2/droplets`, { headers });
    const { droplets } = (await list.json()) as { droplets: { id: number; name: string }[] };
    const { id } = droplets.find(({ name }) => name === `trivet-local-${lost}`)!;
    expect((await fetch(`${apiUrl}/v2/droplets/${id}`, { method: "DELETE", headers })).status).to.equal(204);
    await eventually(90, async () => expect((await writes("while one is gone")).status).to.equal(201));

    expect((await pulumi("refresh", "--yes")).all).to.match(/1 deleted/);
    const { exitCode, all } = await npmRun("up");
    expect(exitCode, all).to.equal(0);
    await healthy(60);
    for (const node of nodes)
      await eventually(30, async () => {
        expect(Number(await sql(node, "SELECT count(*) FROM notes")), node).to.be.at.least(notes + 1);
      });
  });

  it("leaves no ghost with redis' sentinels", async () => {
    // Every sentinel looks once a minute, one after the other.
    await eventually(300, async () => {
      for (const node of nodes) {
        expect((await ask(node, "instances SENTINELS")).split("\n"), node).to.have.length(2);
        expect((await ask(node, "instances REPLICAS")).split("\n"), node).to.have.length(2);
      }
    });
    await whole();
  });
});
