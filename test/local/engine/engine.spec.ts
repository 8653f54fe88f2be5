import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { engineEnvironment, ensureEngine, installPlugins } from "../../../local/engine";

function executable(file: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, "#!/bin/sh\n", { mode: 0o755 });
}

describe("the engine", () => {
  let folder = "";
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "trivet-engine-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("is the one on the PATH, if its language host is there too", async () => {
    const machine = { searchPath: path.join(folder, "bin"), cacheDir: path.join(folder, "cache") };
    executable(path.join(folder, "bin", "pulumi"));
    const alone = await ensureEngine(() => undefined, machine).catch(String);
    expect(alone).to.match(
      /^Error: Neither `pulumi` with `pulumi-language-nodejs` nor a Go compiler is on the PATH: install/,
    );
    executable(path.join(folder, "bin", "pulumi-language-nodejs"));
    expect(await ensureEngine(() => undefined, machine)).to.deep.equal({
      binDir: path.join(folder, "bin"),
      built: false,
    });
  });

  it("is built into the cache as a whole or not at all", async () => {
    const machine = { searchPath: path.join(folder, "bin"), cacheDir: path.join(folder, "cache") };
    const go = path.join(folder, "bin", "go");
    const say = (script: string) => fs.writeFileSync(go, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    fs.mkdirSync(path.dirname(go));
    const target = 'while [ "$1" != -o ]; do shift; done; : > "$2"; chmod +x "$2"';

    say(`case "$*" in *language*) ${target};; *) echo "no such module" >&2; exit 1;; esac`);
    const fault = await ensureEngine(() => undefined, machine).catch(String);
    expect(fault).to.equal(`Error: Could not build pulumi with ${go}: no such module`);
    expect(
      fs
        .readdirSync(path.join(machine.cacheDir, "engine"), { recursive: true })
        .map(String)
        .filter((file) => file.includes("pulumi")),
    ).to.deep.equal([]);

    say(target);
    const said: string[] = [];
    const { binDir, built } = await ensureEngine((line) => said.push(line), machine);
    expect(built).to.equal(true);
    expect(fs.readdirSync(binDir).sort()).to.deep.equal(["pulumi", "pulumi-language-nodejs"]);
    expect(said[0]).to.contain("building pulumi-language-nodejs");
    expect(await ensureEngine(() => undefined, machine)).to.deep.equal({ binDir, built: false });
  });

  it("hands the runtime's options to the language host, which knows them only as flags", async () => {
    const machine = { searchPath: path.join(folder, "bin"), cacheDir: path.join(folder, "cache") };
    const go = path.join(folder, "bin", "go");
    fs.mkdirSync(path.dirname(go));
    const echo =
      'while [ "$1" != -o ]; do shift; done; printf \'#!/bin/sh\\nprintf "%%s|" "$@"\' > "$2"; chmod +x "$2"';
    fs.writeFileSync(go, `#!/bin/sh\n${echo}\n`, { mode: 0o755 });
    const { binDir } = await ensureEngine(() => undefined, machine);
    const { stdout } = await execa(path.join(binDir, "pulumi-language-nodejs"), ["127.0.0.1:1"]);
    expect(stdout).to.equal("-typescript=false|-nodeargs=--import tsx|127.0.0.1:1|");
  });

  it("finds its stand-in plugins, each one executable that serves at once", async () => {
    const installed = await installPlugins(folder);
    expect(installed).to.have.length(4);
    for (const { name, version, kind } of installed) {
      expect(kind, name).to.equal("stand-in");
      const file = path.join(folder, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
      const child = spawn(file, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      expect(line.toString(), name).to.match(/^\d+\n$/);
      child.kill();
      await once(child, "close");
    }
  });

  it("prefers an official plugin that lies in the user's own cache", async () => {
    const [{ version } = { version: "" }] = (await installPlugins(folder)).filter(({ name }) => name === "random");
    const own = path.join(folder, "own");
    const official = path.join(own, "plugins", `resource-random-v${version}`, "pulumi-resource-random");
    executable(official);
    const before = process.env.PULUMI_HOME;
    process.env.PULUMI_HOME = own;
    try {
      const installed = await installPlugins(folder);
      expect(installed.find(({ name }) => name === "random")?.kind).to.equal("official");
      const link = path.join(folder, "plugins", `resource-random-v${version}`, "pulumi-resource-random");
      expect(fs.readlinkSync(link)).to.equal(official);
      fs.rmSync(own, { recursive: true });
      expect((await installPlugins(folder)).map(({ kind }) => kind)).to.not.include("official");
      expect(fs.lstatSync(link).isSymbolicLink()).to.equal(false);
    } finally {
      if (before === undefined) delete process.env.PULUMI_HOME;
      else process.env.PULUMI_HOME = before;
    }
  });

  it("is put first on the PATH, once, with a backend and a passphrase of its own", () => {
    const environment = engineEnvironment("/opt/engine");
    expect(environment.PATH).to.match(/^\/opt\/engine:/);
    expect(environment.PULUMI_BACKEND_URL).to.match(/^file:\/\/\/.*\/\.trivet\/backend$/);
    expect(environment.DIGITALOCEAN_API_URL).to.equal("http://127.0.0.1:8464");
    expect(environment.PULUMI_CONFIG_PASSPHRASE_FILE).to.match(/\.trivet\/passphrase$/);
  });
});
