import { expect } from "chai";
import { nodeNamed, parseOutputs } from "../../cli/stack";

const complete = {
  schemaVersion: 1,
  url: "https://example.com",
  nodes: [
    { name: "ash", publicIp: "203.0.113.10", privateIp: "10.0.0.2" },
    { name: "birch", publicIp: "203.0.113.11", privateIp: "10.0.0.3" },
  ],
  sshUser: "root",
  deployPrivateKey: "the private key",
  knownHosts: "203.0.113.10 ssh-ed25519 AAAA",
  monthlyCostUsd: 30,
};

describe("the stack's outputs", () => {
  it("are read", () => {
    const outputs = parseOutputs("prod", JSON.stringify(complete));
    expect(outputs.nodes.map((node) => node.name)).to.deep.equal(["ash", "birch"]);
  });

  const faults: { name: string; given: object; stack?: string; says: RegExp }[] = [
    {
      name: "a stack that is not up",
      given: {},
      says: /^The stack "prod" is not up yet; run "pulumi up -s prod" first\.$/,
    },
    { name: "the local one that is not up", given: {}, stack: "local", says: /run "npm run up" first\.$/ },
    {
      name: "another form",
      given: { ...complete, schemaVersion: 2 },
      says: /have form 2 and this command reads form 1/,
    },
    { name: "outputs that lack something", given: { ...complete, sshUser: undefined }, says: /lack sshUser or/ },
    { name: "a stack without nodes", given: { ...complete, nodes: [] }, says: /lack nodes or/ },
    { name: "a key that is none", given: { ...complete, deployPrivateKey: 7 }, says: /lack deployPrivateKey or/ },
  ];
  for (const { name, given, stack = "prod", says } of faults) {
    it(`refuse ${name}`, () => {
      expect(() => parseOutputs(stack, JSON.stringify(given))).to.throw(says);
      expect(() => parseOutputs(stack, JSON.stringify(given))).not.to.throw("the private key");
    });
  }

  it("know a node by its name, and say which there are", () => {
    expect(nodeNamed("prod", complete.nodes, "birch").publicIp).to.equal("203.0.113.11");
    expect(() => nodeNamed("prod", complete.nodes, "oak")).to.throw(
      'There is no node "oak" in stack "prod"; it has ash and birch.',
    );
  });
});
