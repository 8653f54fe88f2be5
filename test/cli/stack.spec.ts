import { chmodSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { nodeNamed, parseOutputs, readOutputsFile } from "../../cli/stack";
import { folderWith } from "./support/folder";

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

  it("have one site where the stack is older than sites, else all", () => {
    expect(parseOutputs("prod", JSON.stringify(complete)).sites).to.deep.equal({ main: "example.com" });
    const sites = { main: "example.com", www: "www.example.com" };
    expect(parseOutputs("prod", JSON.stringify({ ...complete, sites })).sites).to.deep.equal(sites);
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

describe("a file of outputs", () => {
  const fileWith = (text: string, mode = 0o600) => {
    const file = path.join(folderWith({ "outputs.json": text }), "outputs.json");
    chmodSync(file, mode);
    return file;
  };
  const warnings: string[] = [];
  const read = (file: string) => readOutputsFile(file, (line) => warnings.push(line));
  beforeEach(() => warnings.splice(0));

  it("is read as the stack is", () => {
    expect(read(fileWith(JSON.stringify(complete))).nodes).to.have.length(2);
    expect(warnings).to.deep.equal([]);
  });

  it("is read with a warning where others can read it too", () => {
    read(fileWith(JSON.stringify(complete), 0o644));
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/others can read ".*outputs\.json", .* run "chmod 600 /);
  });

  const faults: [string, string, RegExp][] = [
    ["no JSON", "{", /^The file of outputs ".*" is not JSON; write it anew with "umask 077; npx trivet outputs/],
    ["another JSON", "[]", /has no schemaVersion/],
    ["another form", JSON.stringify({ ...complete, schemaVersion: 2 }), /have form 2 and this command reads form 1/],
    ["a form that lacks something", JSON.stringify({ ...complete, knownHosts: 1 }), /lack knownHosts or have it/],
  ];
  for (const [what, text, says] of faults) {
    it(`is refused with ${what}`, () => {
      expect(() => read(fileWith(text))).to.throw(says);
      expect(() => read(fileWith(text))).not.to.throw("the private key");
    });
  }

  it("is refused where it is not", () => {
    expect(() => read("/nowhere.json")).to.throw(/^The file of outputs "\/nowhere\.json" cannot be read \(ENOENT/);
  });
});
