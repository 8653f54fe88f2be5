import { expect } from "chai";
import { check } from "../../../../local/plugins/frame/check";
import type { AnyResource } from "../../../../local/plugins/frame/resource";
import { unknown } from "../../../../local/plugins/frame/values";

const seed = new Uint8Array([1, 2, 3]);
const resource: AnyResource<undefined> = {
  type: "test:index:Thing",
  inputs: { name: { autoName: true }, size: { default: 3 }, color: { required: true } },
  outputs: [],
  check: ({ size }: { size?: number }) => (size !== undefined && size > 9 ? ["size must be at most 9"] : []),
  create: () => Promise.reject(new Error("not here")),
};

describe("the plugins' check", () => {
  it("fills in defaults and names, and notes which", () => {
    const { inputs, faults } = check(resource, "web", {}, { color: "red" }, seed, true);
    expect(faults).to.deep.equal([]);
    expect(inputs).to.include({ color: "red", size: 3 });
    expect(inputs.name).to.match(/^web-[0-9a-f]{7}$/);
    expect(inputs.__defaults).to.deep.equal(["name", "size"]);
  });

  it("keeps a name that it generated, and gives up one that the program no longer wants", () => {
    const generated = { name: "web-1234567", __defaults: ["name"] };
    expect(check(resource, "web", generated, { color: "red" }, seed, true).inputs.name).to.equal("web-1234567");
    const chosen = { name: "chosen", __defaults: [] };
    expect(check(resource, "web", chosen, { color: "red" }, seed, true).inputs.name).not.to.equal("chosen");
  });

  it("notes nothing in a plugin that is not bridged", () => {
    expect(check(resource, "web", {}, { color: "red" }, seed, false).inputs).not.to.have.property("__defaults");
  });

  it("names every fault at once", () => {
    expect(check(resource, "web", {}, { weight: 1 }, seed, true).faults).to.deep.equal([
      { property: "color", reason: "Missing required property 'color'" },
      { property: "weight", reason: "test:index:Thing has no property 'weight'" },
    ]);
    expect(check(resource, "web", {}, { color: "red", size: 10 }, seed, true).faults).to.deep.equal([
      { property: "", reason: "size must be at most 9" },
    ]);
  });

  it("does not judge a value that only the update will know", () => {
    expect(check(resource, "web", {}, { color: "red", size: unknown }, seed, true).faults).to.deep.equal([]);
  });
});
