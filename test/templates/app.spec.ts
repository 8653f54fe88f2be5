import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { library, readTemplates } from "../../components/render";
import { runProgram, runShape } from "../support/program";

const templates = path.resolve(__dirname, "../../templates/app");

describe("a worker", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "trivet-worker-"));
    for (const folder of ["sub", ".trivet"]) mkdirSync(path.join(dir, folder));
    // Says who it is, and ends by itself when it is told to.
    const text =
      'process.on("SIGTERM", () => process.exit(7)); console.log(process.pid, process.env.A ?? "");' +
      "setInterval(() => {}, 1000);";
    for (const name of ["index.js", "x.js", "sub/x.js"]) writeFileSync(path.join(dir, name), text);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const starts: [string, string | undefined, string][] = [
    ["node . where nothing is said", undefined, ""],
    ["the command that trivet.yaml says", "node x.js\n", ""],
    ["it with variables of its own", "A='a b' node x.js\n", "a b"],
    ["the last of several commands", "cd sub && node x.js\n", ""],
  ];
  for (const [what, start, a] of starts) {
    it(`becomes ${what}, with no shell in between that would keep SIGTERM`, async () => {
      if (start !== undefined) writeFileSync(path.join(dir, ".trivet/start"), start);
      const worker = spawn(path.join(templates, "usr/local/lib/trivet/worker"), { cwd: dir });
      const [said] = (await once(worker.stdout, "data")) as [Buffer];
      expect(String(said)).to.equal(`${worker.pid} ${a}\n`);
      const ended = once(worker, "exit");
      worker.kill("SIGTERM");
      expect(await ended).to.deep.equal([7, null]);
    });
  }
});

describe("the workers' unit", function () {
  this.timeout(60_000);

  const unitOf = async (run: ReturnType<typeof runProgram>, node: string) => {
    const script = String((await run).named(`${node}-app`, "command:remote:Command").inputs.stdin);
    const number = (pattern: RegExp) => Number(pattern.exec(script)?.[1]);
    return { memory: number(/^MemoryMax=(\d+)M$/m), heap: number(/--max-old-space-size=(\d+)$/m) };
  };

  it("has node fail with its own message before the kernel kills it", async () => {
    // Measured: a full heap of 90 MiB is a process of 153 MiB.
    expect(await unitOf(runProgram("local"), "ash")).to.deep.equal({ memory: 171, heap: 89 });
    const large = [{ name: "oak", size: "s-2vcpu-4gb" }];
    const { memory, heap } = await unitOf(runShape({ nodes: large, nominated: "oak" }), "oak");
    expect(memory - heap).to.be.greaterThan(100);
    expect(heap).to.be.greaterThan(memory / 2);
  });

  it("is told whether the node has peers", async () => {
    const settings = async (run: ReturnType<typeof runProgram>, node: string) =>
      String((await run).named(`${node}-base`, "command:remote:Command").inputs.stdin);
    expect(await settings(runProgram("local"), "ash")).to.match(/"peers": true, "workers": \[\{"port":3001\}/);
    const alone = await settings(runShape({ nodes: [{ name: "oak" }], nominated: "oak" }), "oak");
    expect(alone).to.match(/"peers": false, /);
  });
});

describe("the role of the application", () => {
  let dir: string;
  let at: (name: string) => string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "trivet-app-"));
    at = (name) => path.join(dir, name);
    for (const folder of ["bin", "srv/app/current"]) mkdirSync(at(folder), { recursive: true });
    program("systemctl", `echo "$@" >>'${at("asked")}'; [ "$1" != is-active ] || ! grep -q "idle" '${at("state")}'`);
    program("systemd-run", `echo switch >>'${at("asked")}'; exit $(cat '${at("code")}')`);
    writeFileSync(at("code"), "0");
    writeFileSync(at("state"), "");
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  function program(name: string, text: string): void {
    writeFileSync(at(`bin/${name}`), `#!/bin/bash\n${text}\n`);
    chmodSync(at(`bin/${name}`), 0o755);
  }

  /** Applies the role; `files`: those that are written before it, as its templates are. */
  function apply({ secrets = "s", unit = "unit" } = {}) {
    const own = (text: string) =>
      text.replaceAll(/\/(srv\/app|var\/lib\/trivet)\b/g, (found) => at(found.slice(1))).replaceAll("-o root -g root", "");
    const script = [
      `set -euo pipefail\nROLE=app NODE=ash SECRETS='${secrets}' PORTS=(3001 3002)`,
      own(library()),
      "packages() { :; }",
      // No switch is under way in here.
      `file 0644 "$(id -un):$(id -gn)" '${at("etc/systemd/system/app@.service")}' <<<'${unit}'`,
      own(readTemplates("app").apply).replaceAll("/etc/systemd", at("etc/systemd")).replace("no_switch() { !", "no_switch() { : ||"),
      "applied",
    ];
    writeFileSync(at("asked"), "");
    const { status, stderr } = spawnSync("bash", ["-s"], {
      input: script.join("\n"),
      env: { ...process.env, PATH: `${at("bin")}:${process.env.PATH}` },
      encoding: "utf8",
      timeout: 20_000,
    });
    const asked = readFileSync(at("asked"), "utf8").split("\n");
    return { status, stderr, switched: asked.includes("switch"), asked };
  }

  it("restarts the workers in the way of a deploy when their unit or a secret changed, and else never", () => {
    expect(apply()).to.include({ status: 0, switched: true });
    expect(apply()).to.include({ status: 0, switched: false });
    expect(apply({ unit: "another" })).to.include({ status: 0, switched: true });
    expect(apply({ unit: "another", secrets: "t" })).to.include({ status: 0, switched: true });
    expect(apply({ unit: "another", secrets: "t" })).to.include({ status: 0, switched: false });
  });

  it("has nothing to restart before the first release", () => {
    rmSync(at("srv/app/current"), { recursive: true });
    expect(apply()).to.include({ status: 0, switched: false });
    expect(existsSync(at("srv/app/releases"))).to.equal(true);
  });

  it("starts workers that stand still, and does not restart the others", () => {
    apply();
    writeFileSync(at("state"), "idle");
    const { switched, asked } = apply();
    expect(switched).to.equal(false);
    expect(asked).to.include("start app@3001.service app@3002.service");
  });

  it("fails where the workers do not get healthy, and tries again the next time", () => {
    writeFileSync(at("code"), "12");
    const failed = apply();
    expect(failed.status).to.equal(1);
    expect(failed.stderr).to.contain("app on ash: the workers do not get healthy");
    writeFileSync(at("code"), "0");
    expect(apply()).to.include({ status: 0, switched: true });
  });
});
