import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { until } from "../../support/until";

const source = path.join(__dirname, "../../../templates/nginx/usr/local/lib/trivet/reload-nginx");

describe("reload-nginx", function () {
  this.timeout(30_000);
  let dir: string;
  const at = (name: string) => path.join(dir, name);
  const flag = () => at("flags/closing");
  const did = () => (existsSync(at("did")) ? readFileSync(at("did"), "utf8").trim().split(/\s*\n/) : []);

  /** Puts a command of our own first on PATH. Each notes what it does, and whether the flag is there. */
  function fake(name: string, body: string): void {
    writeFileSync(at(`bin/${name}`), `#!/bin/bash\ncd "${dir}"\nnote() { echo "$* $(ls flags/closing 2>/dev/null)" >>did; }\n${body}\n`);
    chmodSync(at(`bin/${name}`), 0o755);
  }

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "trivet-reload-"));
    mkdirSync(at("bin"));
    let script = readFileSync(source, "utf8");
    for (const [real, own] of [
      ["/run/trivet", "flags"],
      ["/run/nginx.pid", "pid"],
    ] as const) {
      expect(script).to.include(real);
      script = script.replaceAll(real, at(own));
    }
    writeFileSync(at("reload-nginx"), script);
    writeFileSync(at("pid"), "1\n");
    writeFileSync(at("workers"), "11\n12\n");
    fake("nginx", "note test");
    fake("pgrep", "cat workers");
    fake("sleep", '[ "$1" = 0.1 ] || note waited "$1"');
    fake("systemctl", `case $1 in is-active) exit 0 ;; reload) note reload; printf '21\\n22\\n' >workers ;; *) note "$1" ;; esac`);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const env = () => ({ ...process.env, PATH: `${at("bin")}:${process.env.PATH}` });
  const run = (...args: string[]) =>
    spawnSync("bash", [at("reload-nginx"), ...args], { env: env(), encoding: "utf8", timeout: 20_000 });

  it("has every connection end before it reloads, and answers as ever after", () => {
    expect(run()).to.include({ status: 0, stderr: "" });
    expect(did()).to.deep.equal(["test", "waited 22 flags/closing", "reload flags/closing"]);
    expect(existsSync(flag())).to.equal(false);
  });

  it("waits for nobody when told so", () => {
    expect(run("--now").status).to.equal(0);
    expect(did()).to.deep.equal(["test", "reload"]);
  });

  it("touches nothing for settings that nginx does not accept", () => {
    fake("nginx", "note test; exit 1");
    expect(run().status).to.equal(1);
    expect(did()).to.deep.equal(["test"]);
    expect(existsSync(flag())).to.equal(false);
  });

  it("starts nginx where it does not run, and waits for nobody", () => {
    fake("systemctl", `case $1 in is-active) exit 3 ;; *) note "$1" ;; esac`);
    expect(run().status).to.equal(0);
    expect(did()).to.deep.equal(["test", "start"]);
  });

  it("goes on closing until all worker processes are new, and fails when none come", () => {
    fake("systemctl", `case $1 in is-active) exit 0 ;; reload) printf '12\\n21\\n' >workers ;; esac`);
    fake("sleep", '[ "$1" = 0.1 ] || exit 0; [ -e flags/closing ] || note unflagged; echo >>asked');
    const { status, stderr } = run();
    expect(status).to.equal(1);
    expect(stderr).to.include("has not taken up its settings");
    expect(readFileSync(at("asked"), "utf8")).to.have.length(100);
    expect(did()).to.deep.equal(["test"]);
    expect(existsSync(flag())).to.equal(false);
  });

  it("takes its flag away when it fails or is ended", async () => {
    fake("systemctl", `case $1 in is-active) exit 0 ;; *) exit 1 ;; esac`);
    expect(run().status).to.equal(1);
    expect(existsSync(flag())).to.equal(false);

    // A wait that lasts until the script is told to end.
    fake("sleep", "note waits; while [ ! -e over ]; do /bin/sleep 0.05; done");
    const child = spawn("bash", [at("reload-nginx")], { env: env() });
    const ended = new Promise((done) => child.once("exit", done));
    await until(() => did().some((line) => line.startsWith("waits")));
    expect(existsSync(flag())).to.equal(true);
    child.kill("SIGTERM");
    writeFileSync(at("over"), "");
    expect(await ended).to.equal(1);
    expect(existsSync(flag())).to.equal(false);
  });

  it("is done once at a time", async () => {
    fake("systemctl", `case $1 in is-active) exit 0 ;; reload) note reload; echo "$RANDOM$RANDOM" >workers ;; esac`);
    fake("sleep", '[ "$1" = 0.1 ] && exit 0; mkdir busy || note both; /bin/sleep 0.3; rmdir busy');
    const children = [1, 2, 3].map(() => spawn("bash", [at("reload-nginx")], { env: env() }));
    const codes = await Promise.all(children.map((child) => new Promise((done) => child.once("exit", done))));
    expect(codes).to.deep.equal([0, 0, 0]);
    expect(did().filter((line) => line.startsWith("reload"))).to.have.length(3);
    expect(did().some((line) => line.startsWith("both"))).to.equal(false);
  });
});
