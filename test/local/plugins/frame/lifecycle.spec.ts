import { expect } from "chai";
import { EngineLog } from "../../../../local/plugins/frame/engineLog";
import { Lifecycle } from "../../../../local/plugins/frame/lifecycle";
import type { AnyResource, Plugin } from "../../../../local/plugins/frame/resource";
import { secret, unknown } from "../../../../local/plugins/frame/values";

const urn = "urn:pulumi:prod::trivet::trivet:index:Node$test:index:Thing::a::b";

function lifecycle(resource: Partial<AnyResource<string>>): Lifecycle<string> {
  const whole: AnyResource<string> = {
    type: "test:index:Thing",
    inputs: { name: { autoName: true }, size: { replace: true }, place: { computed: true } },
    outputs: ["address", "log"],
    create: () => Promise.reject(new Error("not here")),
    ...resource,
  };
  const plugin: Plugin<string> = {
    name: "test",
    version: "1.0.0",
    bridged: true,
    resources: [whole],
    configure: (config) => config.token ?? "",
  };
  return new Lifecycle(plugin, new EngineLog(undefined));
}

describe("the plugins' lifecycle", () => {
  it("finds a resource's type and name in its URN", () => {
    const { resource, name } = lifecycle({}).find(urn);
    expect(resource.type).to.equal("test:index:Thing");
    expect(name).to.equal("a::b");
  });

  it("says what to do about a resource that the stand-in has not", () => {
    expect(() => lifecycle({}).find("urn:pulumi:prod::trivet::test:index:Other::x")).to.throw(
      "the stand-in for test has no resource test:index:Other: install the official plugin",
    );
  });

  it("leaves unknown in a preview what only a creation tells", () => {
    const state = lifecycle({}).previewCreate(urn, { name: "x", size: 2, __defaults: [] });
    expect(state).to.deep.equal({ name: "x", size: 2, place: unknown, address: unknown, log: unknown });
  });

  it("keeps in an update's preview what the update does not touch", () => {
    const state = { name: "x", size: 2, address: "10.0.0.1", log: "old" };
    const preview = lifecycle({ volatile: ["log"] }).previewUpdate(urn, state, { name: "y", size: 2 });
    expect(preview).to.deep.equal({ name: "y", size: 2, address: "10.0.0.1", log: unknown });
  });

  it("hands the provider's settings to the resources, and marks secret outputs", async () => {
    const living = lifecycle({
      secrets: ["log"],
      meta: { schema_version: "2" },
      create: (inputs: object, { client }) => Promise.resolve({ id: "1", state: { ...inputs, log: client } }),
    });
    living.configure({ token: "hidden" });
    const { id, state } = await living.create(urn, { name: "x", __defaults: [] }, 0);
    expect(id).to.equal("1");
    expect(state).to.deep.equal({ name: "x", log: secret("hidden"), __meta: '{"schema_version":"2"}' });
  });

  it("deletes first where a replacement would need the same name", () => {
    const state = { name: "x", size: 1 };
    const chosen = lifecycle({}).diff(urn, state, state, { name: "x", size: 2, __defaults: [] }, []);
    expect(chosen.deleteFirst).to.equal(true);
    const generated = lifecycle({}).diff(urn, state, state, { name: "x", size: 2, __defaults: ["name"] }, []);
    expect(generated.deleteFirst).to.equal(false);
    const updated = lifecycle({}).diff(urn, { ...state, name: "y" }, state, { name: "x", size: 1 }, []);
    expect(updated.deleteFirst).to.equal(false);
  });

  it("takes drift into the inputs, and nothing else", async () => {
    const living = lifecycle({ read: () => Promise.resolve({ name: "x", size: 5, place: "there", address: "new" }) });
    const found = await living.read("1", urn, { name: "x", size: 1, place: "here" }, { name: "x", size: 1 });
    expect(found?.inputs).to.deep.equal({ name: "x", size: 5 });
    expect(found?.state.place).to.equal("there");
  });

  it("takes everything into the inputs on import", async () => {
    const living = lifecycle({ read: () => Promise.resolve({ name: "x", size: 5, address: "new" }) });
    expect((await living.read("1", urn, {}, {}))?.inputs).to.deep.equal({ name: "x", size: 5 });
  });

  it("says that a resource is gone", async () => {
    expect(await lifecycle({ read: () => Promise.resolve(undefined) }).read("1", urn, {}, {})).to.equal(undefined);
  });

  it("ends what is under way when interrupted, and when the custom timeout has passed", async () => {
    const waiting = {
      create: (_inputs: object, { signal }: { signal: AbortSignal }) =>
        new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
    };
    const interrupted = lifecycle(waiting);
    const creation = interrupted.create(urn, {}, 0);
    interrupted.cancel();
    expect(await creation.catch(String)).to.equal("Error: interrupted");
    expect(await lifecycle(waiting).create(urn, {}, 0.05).catch(String)).to.equal("Error: not done after 0.05 s");
  });
});
