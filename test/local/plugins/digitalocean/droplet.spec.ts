import { createHash } from "node:crypto";
import { expect } from "chai";
import { droplet } from "../../../../local/plugins/digitalocean/droplet";
import type { ApiDroplet } from "../../../../local/plugins/digitalocean/dropletApi";
import { difference } from "../../../../local/plugins/frame/diff";
import { HalfMade } from "../../../../local/plugins/frame/resource";
import { plain } from "../../../../local/plugins/frame/values";
import { call } from "../support/call";
import { ScriptedApi } from "./scriptedApi";

const userData = "#cloud-config\n";
const inputs = {
  backups: false,
  gracefulShutdown: false,
  image: "debian-13-x64",
  ipv6: false,
  monitoring: true,
  name: "a",
  region: "fra1",
  resizeDisk: true,
  size: "s-1vcpu-1gb",
  sshKeys: ["512", "aa:bb"],
  tags: ["node", "prod"],
  userData,
  vpcUuid: "vpc-1",
};

function api(more: Partial<ApiDroplet> = {}): { droplet: ApiDroplet } {
  return {
    droplet: {
      id: 101,
      name: "a",
      status: "active",
      locked: false,
      created_at: "2026-11-21T08:00:00Z",
      memory: 1024,
      vcpus: 1,
      disk: 25,
      region: { slug: "fra1" },
      image: { id: 1, slug: "debian-13-x64" },
      size: { slug: "s-1vcpu-1gb", price_hourly: 0.00893, price_monthly: 6 },
      vpc_uuid: "vpc-1",
      networks: {
        v4: [
          { ip_address: "10.20.0.2", type: "private" },
          { ip_address: "203.0.113.2", type: "public" },
        ],
        v6: [],
      },
      features: ["monitoring", "private_networking"],
      volume_ids: [],
      tags: ["prod", "node"],
      ...more,
    },
  };
}

describe("the stand-in for digitalocean: droplets", () => {
  const server = new ScriptedApi();
  before(() => server.start());
  after(() => server.stop());

  async function made() {
    server.answers([202, api({ status: "new", networks: { v4: [], v6: [] } })], api());
    return droplet.create(inputs, call(server.client()));
  }

  it("creates one with the official body and waits until it is active", async () => {
    const { id, state } = await made();
    expect(id).to.equal("101");
    expect(server.calls).to.deep.equal([
      [
        "POST /v2/droplets",
        {
          name: "a",
          region: "fra1",
          size: "s-1vcpu-1gb",
          image: "debian-13-x64",
          ssh_keys: [512, "aa:bb"],
          backups: false,
          ipv6: false,
          private_networking: false,
          monitoring: true,
          tags: ["node", "prod"],
          user_data: userData,
          vpc_uuid: "vpc-1",
        },
      ],
      ["GET /v2/droplets/101"],
    ]);
    expect(state).to.include({
      dropletUrn: "do:droplet:101",
      ipv4Address: "203.0.113.2",
      ipv4AddressPrivate: "10.20.0.2",
      publicNetworking: true,
      privateNetworking: true,
      image: "debian-13-x64",
      userData: createHash("sha1").update(userData).digest("hex"),
    });
  });

  it("finds nothing to do afterwards, nor after a refresh", async () => {
    const { state } = await made();
    const wanted = plain(inputs);
    expect(difference(droplet.inputs, plain(state), wanted, wanted)).to.deep.equal([]);
    server.answers(api());
    const read = await droplet.read?.("101", state, call(server.client()));
    expect(plain(read as object)).to.deep.equal(plain(state));
  });

  it("replaces for what a droplet can't change, and updates the rest", async () => {
    const state = plain((await made()).state);
    const decision = (change: object) =>
      difference(droplet.inputs, state, plain(inputs), plain({ ...inputs, ...change })).map(({ replace }) => replace);
    for (const change of [
      { image: "debian-12-x64" },
      { region: "ams3" },
      { userData: "other" },
      { sshKeys: ["513"] },
      { monitoring: false },
      { vpcUuid: "vpc-2" },
      { dropletAgent: true },
    ]) {
      expect(decision(change), JSON.stringify(change)).to.deep.equal([true]);
    }
    for (const change of [{ name: "b" }, { size: "s-1vcpu-2gb" }, { tags: ["node"] }, { ipv6: true }]) {
      expect(decision(change), JSON.stringify(change)).to.deep.equal([false]);
    }
  });

  it("keeps one that did not become active, so that the next run finds it", async () => {
    server.answers([202, api({ status: "new" })], api({ status: "off" }));
    const fault: unknown = await droplet.create(inputs, call(server.client())).catch((reason: unknown) => reason);
    expect(fault)
      .to.be.instanceOf(HalfMade)
      .and.include({ id: "101", message: "droplet 101 is off instead of active" });
  });

  it("changes tags one by one", async () => {
    const { state } = await made();
    server.answers([204], {}, [204], api({ tags: ["prod", "web"] }));
    await droplet.update?.("101", state, { ...inputs, tags: ["Prod", "web"] }, call(server.client()));
    const resources = [{ resource_id: "101", resource_type: "droplet" }];
    expect(server.calls).to.deep.equal([
      ["DELETE /v2/tags/node/resources", { resources }],
      ["POST /v2/tags", { name: "web" }],
      ["POST /v2/tags/web/resources", { resources }],
      ["GET /v2/droplets/101"],
    ]);
  });

  it("resizes one that is off, and switches it on again", async () => {
    const { state } = await made();
    const action = { action: { id: 7, status: "completed", completed_at: "2026-11-21T08:00:00Z" } };
    const size = { slug: "s-1vcpu-2gb", price_hourly: 0.02, price_monthly: 12 };
    server.answers(action, api({ status: "off" }), action, action, action, api({ size }), api({ size }));
    const updated = await droplet.update?.("101", state, { ...inputs, size: size.slug }, call(server.client()));
    expect(server.calls.map(([, body]) => (body as { type?: string } | undefined)?.type).filter(Boolean)).to.deep.equal(
      ["power_off", "resize", "power_on"],
    );
    expect(server.calls[2]?.[1]).to.deep.equal({ type: "resize", size: "s-1vcpu-2gb", disk: true });
    expect(server.calls[3]?.[0]).to.equal("GET /v2/actions/7");
    expect(updated).to.include({ size: "s-1vcpu-2gb", priceMonthly: 12 });
  });

  it("sees that one is gone", async () => {
    server.answers([404, { message: "not found" }]);
    expect(await droplet.read?.("101", {}, call(server.client()))).to.equal(undefined);
  });

  it("deletes one and waits until it is gone; a missing one is no fault", async () => {
    const { state } = await made();
    server.answers(api(), api(), [204], [404, { message: "not found" }]);
    await droplet.delete?.("101", state, call(server.client()));
    expect(server.calls.map(([asked]) => asked.split(" ")[0])).to.deep.equal(["GET", "GET", "DELETE", "GET"]);
    server.answers([404, { message: "not found" }]);
    await droplet.delete?.("101", state, call(server.client()));
  });
});
