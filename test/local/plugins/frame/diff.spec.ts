import { expect } from "chai";
import { difference } from "../../../../local/plugins/frame/diff";
import { unknown, type Properties } from "../../../../local/plugins/frame/values";

describe("the plugins' comparison", () => {
  it("finds nothing where the program wants what is", () => {
    expect(difference({ a: {}, b: {} }, { a: 1, b: ["x"] }, { a: 1, b: ["x"] }, { a: 1, b: ["x"] })).to.deep.equal([]);
  });

  it("tells an update from a replacement", () => {
    const changes = difference({ a: {}, b: { replace: true } }, { a: 1, b: 1 }, { a: 1, b: 1 }, { a: 2, b: 2 });
    expect(changes).to.deep.equal([
      { path: "a", kind: "update", replace: false, inputChanged: true },
      { path: "b", kind: "update", replace: true, inputChanged: true },
    ]);
  });

  it("names the place within a property in the engine's notation", () => {
    const before = { connection: { host: "a", port: 22 }, triggers: ["x", "y"], environment: { "A.B": "1" } };
    const after = { connection: { host: "b", port: 22 }, triggers: ["x", "z", "w"], environment: { "A.B": "2" } };
    const changes = difference({ connection: {}, triggers: {}, environment: {} }, before, before, after);
    expect(changes.map(({ path, kind }) => `${kind} ${path}`)).to.deep.equal([
      "update connection.host",
      "update triggers[1]",
      "add triggers[2]",
      'update environment["A.B"]',
    ]);
  });

  it("sees drift that a refresh found, and says that the program did not change", () => {
    const [drift] = difference({ tags: { set: true } }, { tags: ["other"] }, { tags: ["mine"] }, { tags: ["mine"] });
    expect(drift).to.deep.include({ path: "tags", inputChanged: false });
  });

  it("leaves a property alone that the other side chose", () => {
    expect(difference({ ip: { computed: true } }, { ip: "10.0.0.1" }, {}, {})).to.deep.equal([]);
    expect(difference({ ip: {} }, { ip: "10.0.0.1" }, {}, {})).to.have.length(1);
  });

  it("does not care for the order within a set, however deep, nor for what is empty", () => {
    const before: Properties = { rules: [{ protocol: "tcp", from: ["a", "b"], tags: [] }, { protocol: "udp" }] };
    const after: Properties = {
      rules: [
        { protocol: "udp", passthrough: false },
        { from: ["b", "a"], protocol: "tcp" },
      ],
    };
    expect(difference({ rules: { set: true } }, before, before, after)).to.deep.equal([]);
    expect(difference({ rules: {} }, before, before, after)).not.to.be.empty;
    expect(difference({ ids: { set: true } }, { ids: [] }, {}, {})).to.deep.equal([]);
  });

  it("takes a value that only the update will know for a change", () => {
    const changes = difference({ ids: { set: true, replace: true } }, { ids: [1] }, { ids: [1] }, { ids: [unknown] });
    expect(changes).to.have.length(1);
    expect(changes[0]?.replace).to.equal(true);
  });

  it("compares what the state keeps of an input", () => {
    const length = { toState: (value: unknown) => String(value).length };
    expect(difference({ text: length }, { text: 3 }, { text: "abc" }, { text: "xyz" })).to.deep.equal([]);
    expect(difference({ text: length }, { text: 3 }, { text: "abc" }, { text: "abcd" })).to.have.length(1);
  });

  it("replaces only for the changes that ask for it", () => {
    const ipv6 = { replace: (before: unknown, after: unknown) => before === true && after !== true };
    const replaced = (from: boolean, to: boolean) =>
      difference({ ipv6 }, { ipv6: from }, { ipv6: from }, { ipv6: to }).map(({ replace }) => replace);
    expect(replaced(false, true)).to.deep.equal([false]);
    expect(replaced(true, false)).to.deep.equal([true]);
  });

  it("passes over what the program ignores", () => {
    expect(difference({ a: {} }, { a: 1 }, { a: 1 }, { a: 2 }, ["a"])).to.deep.equal([]);
  });
});
