import { expect } from "chai";
import { KeyedQueue } from "../../../local/api/keyedQueue";
import { dropletBody, TestCloud } from "./testCloud";

const rules = [{ entry_protocol: "tcp", entry_port: 80, target_protocol: "tcp", target_port: 80 }];
const inbound = [{ protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } }];

describe("the upkeep", () => {
  let cloud: TestCloud;
  beforeEach(async () => (cloud = await new TestCloud().start()));
  afterEach(() => cloud.remove());

  /** Stops the API's part, and starts it again over the same books and the same machines. */
  const restart = async () => {
    await cloud.stop();
    cloud.fabric.calls.length = 0;
    await cloud.start();
    await cloud.upkeep.idle();
  };

  it("says everything again after a restart, firewalls before machines", async () => {
    const vpcId = await cloud.vpc();
    const id = await cloud.droplet(vpcId);
    await cloud.post("firewalls", { name: "web", droplet_ids: [id], inbound_rules: inbound });
    const balancer = await cloud.post("load_balancers", {
      name: "front",
      region: "fra1",
      vpc_uuid: vpcId,
      droplet_ids: [id],
      forwarding_rules: rules,
    });
    const before = (await cloud.get(`droplets/${id}`)).body;
    await restart();
    expect(cloud.fabric.calls).to.deep.equal([
      "start",
      `putVpc ${vpcId}`,
      "setFirewalls",
      `putBalancer ${balancer.body.load_balancer.id}`,
      `putMachine ${id}`,
    ]);
    expect((await cloud.get(`droplets/${id}`)).body).to.deep.equal(before);
  });

  it("leaves a machine off that was off, over a restart too", async () => {
    const id = await cloud.droplet(await cloud.vpc());
    await cloud.post(`droplets/${id}/actions`, { type: "power_off" });
    await cloud.upkeep.idle();
    await restart();
    expect((await cloud.get(`droplets/${id}`)).body.droplet.status).to.equal("off");
  });

  it("takes up creations and deletions that a stop interrupted", async () => {
    const vpcId = await cloud.vpc();
    const old = await cloud.droplet(vpcId);
    cloud.books.change((records) => {
      for (const droplet of records.droplets) droplet.phase = "deleting";
    });
    // A machine that does not come up before the stop.
    cloud.fabric.states.set(old + 1, "new");
    await cloud.post("droplets", { ...dropletBody, vpc_uuid: vpcId });
    await cloud.stop();
    expect(cloud.books.now.droplets.map(({ phase }) => phase)).to.deep.equal(["deleting", "creating"]);
    cloud.fabric.states.set(old + 1, "active");
    await cloud.start();
    await cloud.upkeep.idle();
    expect(cloud.books.now.droplets.map(({ id, phase }) => [id, phase])).to.deep.equal([[old + 1, "ready"]]);
    expect((await cloud.get(`droplets/${old + 1}/actions`)).body.actions[0].status).to.equal("completed");
  });

  it("takes up a power action that a stop interrupted", async () => {
    const id = await cloud.droplet(await cloud.vpc());
    await cloud.stop();
    await cloud.start();
    const { body } = await cloud.post(`droplets/${id}/actions`, { type: "power_off" });
    // As if the process had ended right after its answer.
    const crashed = structuredClone(cloud.books.now.actions);
    await cloud.upkeep.idle();
    cloud.books.change((records) => (records.actions = crashed));
    cloud.fabric.states.set(id, "active");
    await restart();
    expect((await cloud.get(`actions/${body.action.id}`)).body.action.status).to.equal("completed");
    expect(cloud.fabric.states.get(id)).to.equal("off");
  });

  it("gives up on a machine that never comes up", async () => {
    const vpcId = await cloud.vpc();
    cloud.fabric.states.set(1, "new");
    const id = await cloud.droplet(vpcId);
    expect((await cloud.get(`droplets/${id}`)).body.droplet.status).to.equal("off");
    expect(cloud.log).to.include("error droplet 1 (anna): its machine was not up within 0.3 s");
  });

  it("deletes a droplet that is still being created", async () => {
    const vpcId = await cloud.vpc();
    cloud.fabric.states.set(1, "new");
    await cloud.post("droplets", { ...dropletBody, vpc_uuid: vpcId });
    expect((await cloud.get("droplets/1")).body.droplet.status).to.equal("new");
    expect((await cloud.delete("droplets/1")).status).to.equal(204);
    await cloud.upkeep.idle();
    expect((await cloud.get("droplets/1")).status).to.equal(404);
    expect((await cloud.get("actions/1")).body.action.status).to.equal("errored");
  });

  it("keeps a droplet whose machine cannot be removed, so that it can be deleted again", async () => {
    const id = await cloud.droplet(await cloud.vpc());
    cloud.fabric.faults.set("removeMachine", "busy");
    await cloud.delete(`droplets/${id}`);
    await cloud.upkeep.idle();
    expect((await cloud.get(`droplets/${id}`)).body.droplet).to.include({ locked: false, status: "off" });
    await cloud.delete(`droplets/${id}`);
    await cloud.upkeep.idle();
    expect((await cloud.get(`droplets/${id}`)).status).to.equal(404);
  });

  it("asks the fabric for one thing at a time on each machine", async () => {
    const id = await cloud.droplet(await cloud.vpc());
    await cloud.post(`droplets/${id}/actions`, { type: "reboot" });
    cloud.upkeep.launch(id);
    cloud.upkeep.launch(id);
    await cloud.delete(`droplets/${id}`);
    await cloud.upkeep.idle();
    expect(cloud.fabric.mostAtOnce).to.equal(1);
  });

  it("tries again what the host refused, at the next change", async () => {
    const id = await cloud.droplet(await cloud.vpc());
    const { body } = await cloud.post("firewalls", { name: "web", droplet_ids: [id], inbound_rules: inbound });
    cloud.fabric.faults.set("setFirewalls", "busy");
    expect((await cloud.delete(`firewalls/${body.firewall.id}`)).status).to.equal(422);
    expect(cloud.fabric.firewalls).to.have.length(1);
    await cloud.upkeep.settle();
    expect(cloud.fabric.firewalls).to.have.length(0);
  });
});

describe("a keyed queue", () => {
  it("runs what has the same key in order, and the rest side by side", async () => {
    const queue = new KeyedQueue();
    const order: string[] = [];
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const first = queue.run("a", () => gate.then(() => order.push("a1")));
    const second = queue.run("a", () => Promise.resolve(order.push("a2")));
    await queue.run("b", () => Promise.resolve(order.push("b1")));
    release();
    await Promise.all([first, second]);
    expect(order).to.deep.equal(["b1", "a1", "a2"]);
  });

  it("goes on after a failure, and tells it only to whoever asked", async () => {
    const queue = new KeyedQueue();
    const failed = queue.run("a", () => Promise.reject(new Error("no"))).catch((error: Error) => error.message);
    expect(await queue.run("a", () => Promise.resolve("yes"))).to.equal("yes");
    expect(await failed).to.equal("no");
    await queue.idle();
  });
});
