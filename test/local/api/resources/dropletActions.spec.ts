import { expect } from "chai";
import { TestCloud } from "../testCloud";

describe("droplet actions", () => {
  let cloud: TestCloud;
  let id: number;

  beforeEach(async () => {
    cloud = await new TestCloud().start();
    id = await cloud.droplet(await cloud.vpc());
  });
  afterEach(() => cloud.remove());

  /** The finished action. */
  const act = async (body: Record<string, unknown>) => {
    const answer = await cloud.post(`droplets/${id}/actions`, body);
    expect(answer.status).to.equal(201);
    await cloud.upkeep.idle();
    return (await cloud.get(`droplets/${id}/actions/${answer.body.action.id}`)).body.action;
  };
  const droplet = async () => (await cloud.get(`droplets/${id}`)).body.droplet;

  const power: [string, string[], string][] = [
    ["power_off", ["powerOff pull-the-plug 1"], "off"],
    ["shutdown", ["powerOff shutdown 1"], "off"],
    ["power_on", ["powerOn 1"], "active"],
    ["power_cycle", ["powerOff pull-the-plug 1", "powerOn 1"], "active"],
    ["reboot", ["powerOff shutdown 1", "powerOn 1"], "active"],
  ];
  for (const [type, calls, status] of power) {
    it(`${type} ends ${status}`, async () => {
      cloud.fabric.calls.length = 0;
      const action = await act({ type });
      expect(action).to.include({ status: "completed", type, resource_type: "droplet", region_slug: "fra1" });
      expect(Date.parse(action.completed_at as string)).to.be.a("number").and.not.NaN;
      expect(cloud.fabric.calls).to.deep.equal(calls);
      expect((await droplet()).status).to.equal(status);
    });
  }

  it("are errored when the host fails", async () => {
    cloud.fabric.faults.set("powerOn", "no such machine");
    expect(await act({ type: "power_on" })).to.include({ status: "errored" });
    expect(cloud.log).to.include("error droplet 1: power_on: no such machine");
  });

  it("a machine whose power was cut is off, whoever cut it", async () => {
    cloud.fabric.states.set(id, "off");
    expect((await droplet()).status).to.equal("off");
  });

  it("rename", async () => {
    await act({ type: "rename", name: "berta" });
    expect((await droplet()).name).to.equal("berta");
  });

  it("resize what is off, and never to a smaller disk", async () => {
    const running = await cloud.post(`droplets/${id}/actions`, { type: "resize", size: "s-2vcpu-4gb" });
    expect([running.status, running.body.message]).to.deep.equal([
      422,
      "Droplet must be powered off before it is resized.",
    ]);
    await act({ type: "power_off" });
    await act({ type: "resize", size: "s-2vcpu-4gb", disk: true });
    expect(await droplet()).to.include({ size_slug: "s-2vcpu-4gb", memory: 4096, disk: 80, status: "off" });
    expect(cloud.fabric.machines.get(id)).to.include({ memoryMiB: 4096, diskGiB: 80 });
    const smaller = await cloud.post(`droplets/${id}/actions`, { type: "resize", size: "s-1vcpu-1gb" });
    expect(smaller.body.message).to.equal("size: its disk is smaller than the 80 GB in use");
  });

  it("turn backups on and off", async () => {
    await act({ type: "enable_backups" });
    expect((await droplet()).features).to.include("backups");
    await act({ type: "disable_backups" });
    expect((await droplet()).features).to.not.include("backups");
  });

  it("come one at a time", async () => {
    const release = cloud.fabric.hold();
    await cloud.post(`droplets/${id}/actions`, { type: "reboot" });
    const second = await cloud.post(`droplets/${id}/actions`, { type: "reboot" });
    expect([second.status, second.body.message]).to.deep.equal([422, "Droplet already has a pending event."]);
    expect((await droplet()).locked).to.equal(true);
    release();
    await cloud.upkeep.idle();
    expect((await droplet()).locked).to.equal(false);
  });

  it("refuse what the local cloud does not know", async () => {
    const { status, body } = await cloud.post(`droplets/${id}/actions`, { type: "levitate" });
    expect([status, body.id]).to.deep.equal([422, "unprocessable_entity"]);
    expect(body.message).to.include("type: the local cloud knows power_on");
  });

  it("are listed, the latest first", async () => {
    await act({ type: "rename", name: "berta" });
    const types = ({ actions }: { actions: { type: string }[] }) => actions.map(({ type }) => type);
    expect(types((await cloud.get(`droplets/${id}/actions`)).body)).to.deep.equal(["rename", "create"]);
    expect(types((await cloud.get("actions")).body)).to.deep.equal(["rename", "create"]);
  });
});
