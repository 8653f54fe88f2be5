import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { readTemplates } from "../../components/render";
import type { NodeShape, Shape } from "../../stacks/shape";
import { runProgram, runShape, type Run } from "../support/program";

const root = path.join(__dirname, "..", "..");
const roles = readdirSync(path.join(root, "templates"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** The rendered scripts by their commands' names, such as ash-nginx. */
function scriptsOf(run: Run): Map<string, string> {
  const commands = run.resources.filter(({ type, name }) => type === "command:remote:Command" && !name.endsWith("-ready"));
  return new Map(commands.map(({ name, inputs }) => [name, String(inputs.stdin)]));
}

function expectBash(name: string, script: string): void {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8", timeout: 10_000 });
  expect({ name, status, stderr }).to.deep.equal({ name, status: 0, stderr: "" });
}

const everyNode = [
  ...["base", "secrets", "iptables", "nodejs", "agent", "pgbouncer", "app"],
  ...["certificate", "nginx", "rotation"],
];
const dataNode = [...everyNode, "postgres", "redis", "sentinel"];

describe("the roles' scripts", function () {
  this.timeout(60_000);
  let local: Map<string, string>;
  before(async () => {
    local = scriptsOf(await runProgram("local"));
  });

  it("pass shellcheck, as do all of the repository", () => {
    const { status, stdout, stderr } = spawnSync("bash", ["test/shellcheck.sh"], { cwd: root, encoding: "utf8" });
    expect(stdout + stderr).to.equal("");
    expect(status).to.equal(0);
  });

  for (const role of roles)
    it(`of ${role} apply and probe`, () => {
      const { apply, probe } = readTemplates(role);
      expect(apply.trim()).not.to.equal("");
      expect(probe.trim()).not.to.equal("");
    });

  it("are those of all the templates that there are", () => {
    const used = [...local.keys()].map((name) => name.split("-")[1]);
    expect([...new Set(used)]).to.have.members(roles);
  });

  const lone: NodeShape[] = [{ name: "oak" }];
  const five: NodeShape[] = [
    { name: "ash", size: "s-1vcpu-2gb" },
    { name: "birch" },
    { name: "cedar" },
    { name: "elm", data: false },
    { name: "fir", data: false, size: "s-2vcpu-4gb" },
  ];
  const shapes: [string, Partial<Shape>][] = [
    ["three nodes", {}],
    ["a node alone", { nodes: lone, nominated: "oak" }],
    ["five nodes, two of them without data", { nodes: five, nominated: "birch" }],
    ["nine data nodes", { nodes: [..."abcdefghi"].map((name) => ({ name })), nominated: "i" }],
  ];
  for (const [what, shape] of shapes)
    it(`are bash, with nothing left to fill in, for ${what}`, async () => {
      const run = await runShape(shape);
      const nodes: NodeShape[] = shape.nodes ?? [{ name: "ash" }, { name: "birch" }, { name: "cedar" }];
      const nominated = shape.nominated ?? "ash";
      const scripts = scriptsOf(run);
      const wanted = nodes.flatMap(({ name, data = true }) =>
        (data ? [...dataNode, name === nominated ? "primary" : "standby"] : everyNode).map((role) => `${name}-${role}`),
      );
      expect([...scripts.keys()]).to.have.members(wanted);
      for (const [name, script] of scripts) {
        expectBash(name, script);
        expect(script, name).not.to.match(/\{\{|\[object |undefined|NaN|Calling \[toString\]/);
      }
    });

  it("keep a node's redis writable alone, and make three wait for a second copy", async () => {
    const alone = scriptsOf(await runShape({ nodes: lone, nominated: "oak" }));
    expect(alone.get("oak-redis")).to.match(/min-replicas-to-write 0/);
    expect(local.get("ash-redis")).to.match(/min-replicas-to-write 1/);
    expect(alone.get("oak-sentinel")).to.match(/sentinel monitor main \S+ 6379 1\b/);
    expect(local.get("ash-sentinel")).to.match(/sentinel monitor main \S+ 6379 2\b/);
  });

  it("are the same for the same stack", async () => {
    expect(scriptsOf(await runProgram("local"))).to.deep.equal(local);
  });

  it("do not change on the others when a node without data joins or goes", async () => {
    const without = scriptsOf(await runShape({ nodes: five.slice(0, 4), nominated: "birch" }));
    const all = scriptsOf(await runShape({ nodes: five, nominated: "birch" }));
    // An agent leads the new node's clients to the primary, and a node may get the certificate from any, so they know it.
    const settings = /^.*"name":"elm".*$|^(readonly PEERS|peers)=.*$/gm;
    // And the others' nginx knows the newcomer: it asks it, and is asked by it.
    const fir = /^.*("CN=fir,O=Trivet"|10\.22\.0\.15:8443).*\n/gm;
    for (const [name, script] of without) {
      if (/-(agent|certificate)$/.test(name))
        expect(all.get(name)!.replace(settings, ""), name).to.equal(script.replace(settings, ""));
      else if (name.endsWith("-nginx")) {
        expect(all.get(name)!.match(fir), name).to.have.length(3);
        expect(all.get(name)!.replace(fir, ""), name).to.equal(script);
      }
      else expect(all.get(name), name).to.equal(script);
    }
  });
});
