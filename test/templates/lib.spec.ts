import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { library } from "../../components/render";

/** Where a node keeps what a role remembers; here, a folder of the test's own. */
const state = "/var/lib/trivet/roles";
const policy = "/usr/sbin/policy-rc.d";
const lists = "/var/lib/apt/lists";

describe("the functions of every role's script", () => {
  let dir: string;
  let at: (name: string) => string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "trivet-lib-"));
    at = (name) => path.join(dir, name);
    mkdirSync(at("bin"));
    mkdirSync(at("lists"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** Runs a role's script up to where it says `applied`, if it does. */
  function run(body: string, secrets = "") {
    let lib = library();
    for (const [real, own] of [
      [state, "state"],
      [policy, "policy-rc.d"],
      [lists, "lists"],
    ] as const) {
      expect(lib).to.include(real);
      lib = lib.replaceAll(real, at(own));
    }
    const script = `set -euo pipefail\nROLE=oak NODE=ash SECRETS='${secrets}'\n${lib}\n${body}\n`;
    const PATH = `${at("bin")}:${process.env.PATH}`;
    const { status, signal, stdout, stderr } = spawnSync("bash", ["-s"], {
      input: script,
      cwd: dir,
      env: { ...process.env, PATH },
      encoding: "utf8",
      timeout: 10_000,
    });
    return { status, signal, stdout, stderr };
  }

  /** Puts a command of our own first on PATH. */
  function fake(name: string, body: string): void {
    writeFileSync(at(`bin/${name}`), `#!/bin/bash\n${body}\n`);
    chmodSync(at(`bin/${name}`), 0o755);
  }

  const me = spawnSync("bash", ["-c", "printf %s:%s $(id -un) $(id -gn)"], { encoding: "utf8" }).stdout;
  const put = (content: string, mode = "0640", owner = me) =>
    `file ${mode} ${owner} "$PWD/etc/oak/a.conf" <<'END'\n${content}\nEND\n`;
  const conf = () => at("etc/oak/a.conf");

  describe("file", () => {
    it("makes the file with its folders, content and mode, and says so", () => {
      expect(run(put("one"))).to.include({ status: 0, stdout: `changed ${conf()}\n` });
      expect(readFileSync(conf(), "utf8")).to.equal("one\n");
      expect(statSync(conf()).mode & 0o777).to.equal(0o640);
      expect(readdirSync(at("etc/oak"))).to.deep.equal(["a.conf"]);
    });

    it("leaves alone what is so already, down to its inode", () => {
      run(put("one"));
      const before = statSync(conf());
      expect(run(put("one"))).to.include({ status: 0, stdout: "" });
      const { ino, mtimeMs } = statSync(conf());
      expect({ ino, mtimeMs }).to.deep.equal({ ino: before.ino, mtimeMs: before.mtimeMs });
      expect(readdirSync(at("etc/oak"))).to.deep.equal(["a.conf"]);
    });

    it("notices another content and another mode", () => {
      run(put("one"));
      for (const again of [put("two"), put("two", "0600")]) {
        expect(run(again).stdout).to.equal(`changed ${conf()}\n`);
        expect(run(again).stdout).to.equal("");
      }
      expect(readFileSync(conf(), "utf8")).to.equal("two\n");
      expect(statSync(conf()).mode & 0o777).to.equal(0o600);
    });

    it("notices another owner", function () {
      if (process.getuid!() !== 0) this.skip(); // Only root can give a file away.
      run(put("one"));
      const nobodys = put("one", "0640", "nobody:nogroup");
      expect(run(nobodys).stdout).to.equal(`changed ${conf()}\n`);
      expect(statSync(conf()).uid).not.to.equal(0);
      expect(run(nobodys).stdout).to.equal("");
    });

    it("never has half a file in its place, and keeps the old one when it fails", () => {
      run(put("one"));
      const { ino } = statSync(conf());
      expect(run(put("two", "0640", "no-such-user:no-such-group")).status).not.to.equal(0);
      expect(readFileSync(conf(), "utf8")).to.equal("one\n");
      expect(statSync(conf()).ino).to.equal(ino);
      run(put("two"));
      expect(statSync(conf()).ino, "a new file, moved").not.to.equal(ino);
    });
  });

  describe("changed", () => {
    const told = (patterns: string) => run(`changed ${patterns} && echo yes || echo no`).stdout;

    it("tells whether a file that matches a pattern changed", () => {
      run(`${put("one")}file 0644 ${me} "$PWD/etc/with space" </dev/null`);
      expect(told("'*/etc/oak/*'")).to.equal("yes\n");
      expect(told("'*/nothing' '*.conf'")).to.equal("yes\n");
      expect(told('"$PWD/etc/with space"')).to.equal("yes\n");
      expect(told("'*/etc/elm/*' '/etc/oak/a.conf'")).to.equal("no\n");
      expect(told("")).to.equal("no\n");
    });

    it("remembers across runs that broke off, until the role is applied", () => {
      expect(told("'*'")).to.equal("no\n");
      expect(run(`${put("one")}false\napplied`).status).to.equal(1);
      expect(run(put("one")).stdout, "the file is so already").to.equal("");
      expect(told("'*'")).to.equal("yes\n");
      run("applied");
      expect(told("'*'")).to.equal("no\n");
    });

    it("remembers when the run ends in the very moment", () => {
      fake("mv", 'kill -9 "$PPID"');
      expect(run(put("one")).signal).to.equal("SIGKILL");
      rmSync(at("bin/mv"));
      expect(told("'*'")).to.equal("yes\n");
      fake("mv", '/bin/mv "$@"; kill -9 "$PPID"');
      run("applied");
      expect(run(put("two")).signal).to.equal("SIGKILL");
      expect(readFileSync(conf(), "utf8")).to.equal("two\n");
      expect(told("'*'")).to.equal("yes\n");
    });
  });

  it("secrets_changed compares with the digest when the role was last applied", () => {
    const told = (secrets: string, more = "") => run(`secrets_changed && echo yes || echo no\n${more}`, secrets).stdout;
    expect(told("")).to.equal("no\n");
    expect(told("s1")).to.equal("yes\n");
    expect(told("s1", "applied")).to.equal("yes\n");
    expect(told("s1")).to.equal("no\n");
    expect(told("s2")).to.equal("yes\n");
    expect(told("")).to.equal("yes\n");
  });

  describe("wait_for", () => {
    it("goes on as soon as the command succeeds, in silence", () => {
      fake("ready", `echo noise; echo noise >&2; echo x >>${at("asked")}; [ "$(wc -l <${at("asked")})" -ge 3 ]`);
      expect(run("wait_for 10 'the tree' ready\necho grown")).to.include({ status: 0, stdout: "grown\n", stderr: "" });
      expect(readFileSync(at("asked"), "utf8")).to.equal("x\nx\nx\n");
    });

    it("fails in time with one sentence", () => {
      const begun = Date.now();
      expect(run("wait_for 1 'the tree' false\necho grown")).to.include({
        status: 1,
        stdout: "",
        stderr: "oak on ash: waited in vain for the tree\n",
      });
      expect(Date.now() - begun).to.be.within(0, 5000);
    });
  });

  describe("running", () => {
    const calls = () => (existsSync(at("calls")) ? readFileSync(at("calls"), "utf8").trim().split("\n") : []);
    const asks = ["is-enabled -q oak", "is-active -q oak"];
    /** What systemctl is told, beside the questions it is asked. */
    function told(script: string, { enabled = true, active = true, secrets = "" } = {}): string[] {
      fake(
        "systemctl",
        `printf '%s\\n' "$*" >>${at("calls")}\ncase $1 in\nis-enabled) ${enabled} ;;\nis-active) ${active} ;;\nesac`,
      );
      rmSync(at("calls"), { force: true });
      expect(run(script, secrets).status).to.equal(0);
      return calls().filter((call) => !asks.includes(call));
    }
    const reload = "running oak reload '*/etc/oak/*'";
    const restart = "running oak restart '*/etc/oak/*'";

    it("does nothing to a unit that runs with the settings that there are", () => {
      expect(told(reload)).to.deep.equal([]);
      expect(told(restart)).to.deep.equal([]);
      expect(calls()).to.deep.equal(asks);
    });

    it("enables and starts one that does not, and does not reload it as well", () => {
      expect(told(put("one") + reload, { enabled: false, active: false })).to.deep.equal(["enable -q oak", "start oak"]);
      expect(told(reload, { enabled: true, active: false })).to.deep.equal(["start oak"]);
    });

    it("reloads or restarts one whose file changed, until that is applied", () => {
      expect(told(put("one") + reload)).to.deep.equal(["reload oak"]);
      expect(told(restart)).to.deep.equal(["restart oak"]);
      expect(told(`${reload}\napplied`)).to.deep.equal(["reload oak"]);
      expect(told(put("one") + reload)).to.deep.equal([]);
    });

    it("leaves one alone whose files did not change, though others did", () => {
      expect(told(`${put("one")}running oak restart '*/etc/elm/*'`)).to.deep.equal([]);
    });

    it("reloads or restarts one whose secrets changed", () => {
      run("applied", "s1");
      expect(told(reload, { secrets: "s1" })).to.deep.equal([]);
      expect(told(reload, { secrets: "s2" })).to.deep.equal(["reload oak"]);
      expect(told(restart, { secrets: "s2" })).to.deep.equal(["restart oak"]);
    });

    it("has systemd read its own files again first", () => {
      run("printf '%s\\n' /etc/systemd/system/oak.service >>\"$STATE/changed\"");
      expect(told("running oak restart '/etc/systemd/*'")).to.deep.equal(["daemon-reload", "restart oak"]);
    });

    it("fails the role when the unit does not start, and starts it the next time", () => {
      fake("systemctl", '[ "$1" != start ] && [ "$1" != is-active ]');
      expect(run(`${put("one")}${reload}\napplied`).status).to.equal(1);
      expect(told(reload, { active: false })).to.deep.equal(["start oak"]);
    });
  });

  describe("packages", () => {
    beforeEach(() => {
      fake("dpkg-query", `for name; do :; done; [ -e "${dir}/installed-$name" ] && echo installed`);
      fake("apt-get", `printf '%s\\n' "$*" >>${at("apt")}; [ -x ${at("policy-rc.d")} ] && ! ${at("policy-rc.d")} && echo kept still >>${at("apt")}`);
      writeFileSync(at("installed-elm"), "");
    });

    it("asks apt for nothing when all are there", () => {
      expect(run("packages elm")).to.include({ status: 0, stdout: "" });
      expect(existsSync(at("apt"))).to.equal(false);
    });

    it("installs the missing ones alone, with their services kept still meanwhile", () => {
      writeFileSync(at("lists/x_Packages"), "");
      expect(run("packages elm fir")).to.include({ status: 0, stdout: "installing fir\n" });
      expect(readFileSync(at("apt"), "utf8")).to.match(/^[^\n]* install -y --no-install-recommends fir\nkept still\n$/);
      expect(existsSync(at("policy-rc.d"))).to.equal(false);
    });

    it("asks for the lists first when they are old or missing", () => {
      run("packages fir");
      expect(readFileSync(at("apt"), "utf8")).to.match(/ update\n[^]* install /);
    });

    it("removes what a run that broke off left behind", () => {
      writeFileSync(at("policy-rc.d"), "");
      expect(run("packages elm").status).to.equal(0);
      expect(existsSync(at("policy-rc.d"))).to.equal(false);
    });

    it("shows why apt failed, in one place", () => {
      writeFileSync(at("lists/x_Packages"), "");
      fake("apt-get", "echo E: no such package; exit 100");
      expect(run("packages fir")).to.include({
        status: 1,
        stderr: "E: no such package\noak on ash: apt-get install failed; the lines above say why\n",
      });
    });
  });
});
