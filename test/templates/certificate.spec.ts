import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { runProgram } from "../support/program";
import { scriptFiles, type ScriptFile } from "../support/scriptFiles";
import { NodeFolder } from "./support/nodeFolder";
import { issuer, type Issuer, type Wish } from "./support/sites";

const directory = "https://198.18.0.1:14000/dir";
const hosts = ["app.trivet.test"];
const [birch, cedar] = ["10.22.0.12", "10.22.0.13"];
/** Where the scripts look on a node; here, in a folder of the test's own. */
const places = ["/usr/local/lib/trivet", "/etc/trivet", "/var/lib/trivet"];

/** Gives what a test has put there for the URL. */
const curl = `
for url; do :; done
while [ $# -gt 1 ]; do
  case $1 in --output) output=$2; shift ;; esac
  shift
done
echo "curl $url" >>"$FAKE/calls"
answer=$FAKE/answers/\${url//\\//_}
if [ ! -e "$answer" ]; then echo "curl: (7) nobody is there" >&2; echo "more about it" >&2; exit 7; fi
cat "$answer" >"\${output:-/dev/stdout}"
`;
/** Of a real run, shortened: pebble's reason, and what the client does after it has failed. */
const log = `            "detail": "Get \\"http://app.trivet.test:80/\\": EOF",
[Sat Nov 21 19:04:07 UTC 2026] errordetail='Get '
[Sat Nov 21 19:04:07 UTC 2026] Please check log file for more details: /tmp/x/log
   "detail": "Cannot update challenge with status \\"invalid\\", only status pending",
`;
const reason = 'app.trivet.test: Invalid status. Verification error details: Get  (Get "http://app.trivet.test:80/": EOF)';

/** Gives the pair that the test has put there, or fails as acme.sh does. */
const acme = `
echo "acme.sh $*" >>"$FAKE/calls"
while [ $# -gt 0 ]; do
  case $1 in --log) log=$2 ;; --key-file) key=$2 ;; --fullchain-file) crt=$2 ;; --accountkey) cat "$2" >/dev/null ;; esac
  shift
done
if [ ! -e "$FAKE/issued" ]; then
  echo "[Sat Nov 21 18:33:44 UTC 2026] app.trivet.test: Invalid status. Verification error details: Get " >&2
  echo "[Sat Nov 21 18:33:44 UTC 2026] Please check log file for more details: $log" >&2
  echo "[Sat Nov 21 18:33:44 UTC 2026] See: https://somewhere" >&2
  cat "$FAKE/log" >"$log"
  exit 1
fi
cp "$FAKE/issued/site.key" "$key"
cp "$FAKE/issued/site.crt" "$crt"
`;

describe("the sites' certificate on a node", function () {
  this.timeout(30_000);
  let files: Record<string, ScriptFile>;
  let thumbprint = "";
  let authority: Issuer;
  before(async () => {
    const run = await runProgram("local");
    files = scriptFiles(run.named("ash-certificate").inputs.stdin);
    // One name is enough for what is tried here.
    const settings = files["/etc/trivet/certificate.conf"]!;
    settings.content = settings.content.replace(/^hosts=.*$/m, `hosts=( ${hosts.join(" ")} )`);
    thumbprint = /^thumbprint='(.*)'$/m.exec(files["/etc/trivet/certificate.conf"]!.content)![1]!;
    authority = await issuer();
  });

  let node: NodeFolder;
  const at = (name: string) => node.at(name);
  const put = (file: string, text: string, mode?: string) => node.put(file, text, mode);
  const read = (file: string) => node.read(file);
  const calls = () => node.lines("calls");
  const answer = (url: string, text: string) => put(`answers/${url.replaceAll("/", "_")}`, text);
  const conf = "/etc/trivet/certificate.conf";
  const live = "/etc/trivet/tls/live";
  const state = "/var/lib/trivet/certificate";

  beforeEach(async () => {
    node = new NodeFolder(places);
    node.lay(files);
    put("bin/curl", `#!/bin/bash${curl}`, "0755");
    put("bin/acme.sh", `#!/bin/bash${acme}`, "0755");
    put("bin/systemctl", '#!/bin/bash\necho "systemctl $*" >>"$FAKE/calls"\n[ -e "$FAKE/nginx-runs" ]\n', "0755");
    put("/usr/local/lib/trivet/reload-nginx", '#!/bin/bash\necho reload-nginx >>"$FAKE/calls"\n[ ! -e "$FAKE/nginx-refuses" ]\n', "0755");
    put("nginx-runs", "");
    put("log", log);
    put("/etc/trivet/acme/account.key", "the account's key\n", "0600");
    mkdirSync(at(state), { recursive: true });
    await authority.pair(at("/etc/trivet/tls"), { hosts });
    answer(directory, "{}");
    answer("http://10.22.0.11/.well-known/acme-challenge/trivet", `trivet.${thumbprint}`);
    answer("http://10.22.0.11/health", "");
  });
  afterEach(() => node.remove());

  const environment = () => ({ ...process.env, FAKE: node.root, PATH: `${at("bin")}:${process.env.PATH}`, JOURNAL_STREAM: "" });
  function certificate(...words: string[]) {
    const options = { env: environment(), encoding: "utf8", timeout: 20_000 } as const;
    const { status, stdout, stderr } = spawnSync(at("/usr/local/lib/trivet/certificate"), words, options);
    return { status, stdout, stderr };
  }
  /** What a function of the part without side effects prints or decides. */
  function decide(expression: string) {
    const script = `. ${at(conf)}\n. ${at("/usr/local/lib/trivet/certificate-pairs")}\n${expression}`;
    const { status, stdout } = spawnSync("bash", ["-euo", "pipefail", "-c", script], { encoding: "utf8", cwd: node.root });
    return { status, said: stdout.trim() };
  }
  const shown = () => read(`${live}/site.crt`);
  const publicly = async (wish: Partial<Wish> = {}) => {
    certificate("settle");
    rmSync(at("pair"), { recursive: true, force: true });
    await authority.pair(at("pair"), { hosts, directory, ...wish });
    cpSync(at("pair"), readlink(), { recursive: true });
  };
  const readlink = () => path.join(at("/etc/trivet/tls/pairs"), readdirSync(at("/etc/trivet/tls/pairs"))[0]!);
  /** What another node of the same account would share. */
  async function atPeer(ip: string, wish: Partial<Wish>): Promise<string> {
    const other = mkdtempSync(path.join(tmpdir(), "trivet-peer-"));
    await authority.pair(at(`at-${ip}`), { hosts, directory, ...wish });
    const crt = readFileSync(at(`at-${ip}/site.crt`), "utf8");
    const script = `set -eu; lib=x; account=${at("/etc/trivet/acme/account.key")}; live=${at(`at-${ip}`)}; shared=${other}/out
      ${/^passphrase\(\).*$/m.exec(read("/usr/local/lib/trivet/certificate"))![0]}
      ${/^share\(\) \{[^]*?^\}$/m.exec(read("/usr/local/lib/trivet/certificate"))![0]}
      share`;
    expect(spawnSync("bash", ["-c", script], { encoding: "utf8" })).to.include({ status: 0 });
    answer(`https://${ip}:8443/.trivet/certificate`, readFileSync(`${other}/out`, "utf8"));
    rmSync(other, { recursive: true });
    return crt;
  }
  const ordered = () => calls().filter((call) => call.startsWith("acme.sh"));

  describe("is another one wanted", () => {
    const why = () => decide("due pair").said;
    const cases: [string, Partial<Wish> & { hosts?: string[] }, RegExp][] = [
      ["not while it has more than a third of its life", { from: -59 }, /^$/],
      ["in its last third", { from: -61 }, /^it has 29 days left of 90$/],
      ["by the same share where issuers give less", { from: -5, until: 1 }, /^it has 1 days left of 6$/],
      ["once it has ended", { from: -91 }, /^the chain does not hold: certificate has expired$/],
      ["before it begins", { from: 1 }, /^the chain does not hold: certificate is not yet valid$/],
      ["when it lacks a name", { hosts: ["www.trivet.test"] }, /^it is for www\.trivet\.test; wanted app\.trivet\.test$/],
      ["when it has a name too many", { hosts: ["app.trivet.test", "old.trivet.test"] }, /^it is for app.* old\.trivet\.test; wanted app/],
      ["when it is another issuer's", { directory: "https://staging.test" }, /^it is from https:\/\/staging\.test; wanted https/],
      ["when it is the private authority's", { directory: undefined }, /^it is the private authority's$/],
    ];
    for (const [when, wish, wanted] of cases)
      it(when, async () => {
        await authority.pair(at("pair"), { hosts, directory, ...wish });
        expect(why()).to.match(wanted);
      });

    it("when its key is another's, or its chain is, or it is none", async () => {
      await authority.pair(at("pair"), { hosts, directory });
      cpSync(at("/etc/trivet/tls/site.key"), at("pair/site.key"));
      expect(why()).to.equal("the key does not belong to the certificate");
      await (await issuer()).pair(at("other"), { hosts, directory });
      await authority.pair(at("pair"), { hosts, directory });
      const [leaf] = read("pair/site.crt").split(/(?<=-----END CERTIFICATE-----\n)/);
      put("pair/site.crt", leaf + read("other/site.crt").split(/(?<=-----END CERTIFICATE-----\n)/)[1]!);
      expect(why()).to.match(/^the chain does not hold: ./);
      put("pair/site.crt", leaf!);
      expect(why()).to.match(/^the chain does not hold: ./);
      put("pair/site.crt", "hello\n");
      expect(why()).to.equal("there is no certificate in it");
    });
  });

  describe("a node's turn to order", () => {
    for (const count of [1, 3, 9])
      it(`comes with no other's, and four times an hour among ${count}`, () => {
        const looks = count * 12; // of five minutes: four turns of every node
        const script = `for ((look = 0; look < ${looks}; look++)); do for ((place = 0; place < ${count}; place++)); do
          if in_turn $((1795000500 + look * 300 + 59)) $place ${count}; then echo $look $place; fi; done; done`;
        const turns = decide(script).said.split("\n").map((line) => line.split(" ").map(Number));
        expect(turns).to.have.length(4 * count);
        expect(new Set(turns.map(([look]) => look)).size).to.equal(turns.length);
        for (let place = 0; place < count; place++)
          expect(turns.filter(([, who]) => who === place)).to.have.length(4);
      });

    it("is left out for longer and longer while orders fail", () => {
      const pauses = decide("for n in 1 2 3 4 5 6 99; do pause_after $n; done").said.split("\n").map(Number);
      expect(pauses).to.deep.equal([1800, 3600, 7200, 14400, 21600, 21600, 21600]);
    });
  });

  describe("settle", () => {
    it("shows the private authority's until there is a public one, and does so once", () => {
      expect(certificate("settle")).to.include({ status: 0, stdout: "nginx shows the private authority's certificate\n" });
      expect(shown()).to.equal(read("/etc/trivet/tls/site.crt"));
      expect(statSync(at(live)).mode & 0o777).to.equal(0o700);
      expect(certificate("settle")).to.include({ status: 0, stdout: "" });
      expect(calls().filter((call) => call === "reload-nginx")).to.have.length(1);
      expect(existsSync(at(`${state}/peers.pem`))).to.equal(false);
    });

    it("takes up a renewed one of the private authority", async () => {
      certificate("settle");
      await authority.pair(at("/etc/trivet/tls"), { hosts });
      certificate("settle");
      expect(shown()).to.equal(read("/etc/trivet/tls/site.crt"));
      expect(readdirSync(at("/etc/trivet/tls/pairs"))).to.have.length(1);
    });

    it("leaves a public one, even one that lacks a name or has ended", async () => {
      for (const wish of [{ hosts: ["old.trivet.test"] }, { from: -100 }]) {
        await publicly(wish);
        expect(certificate("settle")).to.include({ status: 0, stdout: "" });
        expect(shown()).to.equal(read("pair/site.crt"));
      }
    });

    it("goes back to the private one where public ones are switched off", async () => {
      await publicly();
      put(conf, read(conf).replace(`directory='${directory}'`, "directory='none'"));
      expect(certificate("settle")).to.include({ status: 0 });
      expect(shown()).to.equal(read("/etc/trivet/tls/site.crt"));
      expect(certificate("renew", "--now")).to.include({ status: 0, stdout: "" });
      expect(ordered()).to.deep.equal([]);
    });

    it("waits for nothing when nginx is not there yet", () => {
      rmSync(at("nginx-runs"));
      expect(certificate("settle")).to.include({ status: 0 });
      expect(calls()).not.to.include("reload-nginx");
      expect(existsSync(at(`${state}/reload`))).to.equal(false);
    });
  });

  describe("renew", () => {
    it("does nothing, and asks nobody, while the one that is shown will do", async () => {
      await publicly();
      rmSync(at("calls"));
      expect(certificate("renew", "--now")).to.deep.include({ status: 0, stdout: "", stderr: "" });
      expect(calls()).to.deep.equal([]);
    });

    it("orders one for all names with the common account, shows it, and shares it with its key hidden", async () => {
      certificate("settle");
      await authority.pair(at("issued"), { hosts });
      const { status, stdout } = certificate("renew", "--now");
      expect(status).to.equal(0);
      expect(stdout).to.equal(
        `the sites' certificate is new, since it is the private authority's: 80 days, from ${directory}\n`,
      );
      expect(shown()).to.equal(read("issued/site.crt"));
      expect(read(`${live}/directory`)).to.equal(`${directory}\n`);
      expect(ordered()[0]).to.match(/--issue --stateless --server https:\/\/198\.18\.0\.1:14000\/dir .*--keylength ec-256 --domain app\.trivet\.test /);
      const shared = read(`${state}/peers.pem`);
      expect(shared).to.include("-----BEGIN ENCRYPTED PRIVATE KEY-----");
      expect(shared).not.to.match(/BEGIN (EC )?PRIVATE KEY/);
      expect(lstatSync(at(live)).isSymbolicLink()).to.equal(true);
      expect(readdirSync(at("/etc/trivet/tls/pairs"))).to.have.length(1);
      for (const file of ["site.crt", "site.key", "."])
        expect(statSync(at(`${live}/${file}`)).mode & 0o077, file).to.equal(0);
    });

    it("takes the longest of what the peers have, and orders none", async () => {
      certificate("settle");
      await atPeer(birch, { from: -20 });
      const best = await atPeer(cedar, { from: -5 });
      expect(certificate("renew")).to.include({ status: 0, stdout: "another node had the sites' certificate: 85 days\n" });
      expect(shown()).to.equal(best);
      expect(ordered()).to.deep.equal([]);
      expect(certificate("renew", "--now")).to.include({ stdout: "" });
    });

    const useless: [string, Partial<Wish>][] = [
      ["has ended", { from: -91 }],
      ["is due itself", { from: -61 }],
      ["is for other names", { hosts: ["www.trivet.test"] }],
      ["is another issuer's", { directory: "https://staging.test" }],
    ];
    for (const [what, wish] of useless)
      it(`takes none from a peer that ${what}`, async () => {
        certificate("settle");
        const before = shown();
        await atPeer(birch, wish);
        expect(certificate("renew", "--now")).to.include({ status: 1 }); // acme.sh has none either
        expect(shown()).to.equal(before);
        expect(ordered()).to.have.length(1);
      });

    it("takes none that another account has hidden, or that is damaged", async () => {
      certificate("settle");
      const before = shown();
      await atPeer(birch, {});
      put("/etc/trivet/acme/account.key", "another account's key\n", "0600");
      answer(`https://${cedar}:8443/.trivet/certificate`, "hello\n");
      const { stdout } = certificate("renew", "--now");
      for (const ip of [birch, cedar]) expect(stdout).to.include(`what ${ip} has as the sites' certificate cannot be read\n`);
      expect(shown()).to.equal(before);
    });

    it("keeps what it has when the order fails, says the issuer's reason on one line, and tries later", async () => {
      await publicly({ from: -61 });
      const { status, stdout } = certificate("renew", "--now");
      expect(status).to.equal(1);
      expect(stdout).to.equal(
        `the sites' certificate could not be ordered: ${reason}\n`,
      );
      expect(shown()).to.equal(read("pair/site.crt"));
      expect(readdirSync(at("/etc/trivet/tls/pairs"))).to.have.length(1);
      expect(read(`${state}/failures`)).to.equal("1\n");
      expect(certificate("renew")).to.include({ status: 0, stdout: "" });
      expect(ordered()).to.have.length(1);
    });

    it("orders in its turn alone, and not before the pause after a failure is over", async () => {
      await publicly({ from: -61 });
      put("bin/date", `#!/bin/bash\nif [ "$*" = +%s ]; then echo "$(/bin/date +%s) - $(/bin/date +%s) % 2700 + $(cat ${at("offset")})" | tr -d '\\n' | { read -r sum; echo $((sum)); }; else exec /bin/date "$@"; fi\n`, "0755");
      put("offset", "900"); // birch's turn among three
      expect(certificate("renew")).to.include({ status: 0, stdout: "" });
      put("offset", "60");
      put(`${state}/failures`, "1\n");
      utimesSync(at(`${state}/failures`), new Date(), new Date());
      certificate("renew");
      expect(ordered()).to.deep.equal([]);
      const before = new Date(Date.now() - 2 * 3600_000);
      utimesSync(at(`${state}/failures`), before, before);
      certificate("renew");
      expect(ordered()).to.have.length(1);
      expect(read(`${state}/failures`)).to.equal("2\n");
    });

    it("says at once when the issuer does not answer", () => {
      certificate("settle");
      rmSync(at("answers/https:__198.18.0.1:14000_dir"));
      expect(certificate("renew", "--now")).to.include({
        status: 1,
        stdout: `the sites' certificate could not be ordered: ${directory} does not answer: nobody is there\n`,
      });
      expect(ordered()).to.deep.equal([]);
    });

    for (const [what, url] of [
      ["its nginx does not answer validations", "http://10.22.0.11/.well-known/acme-challenge/trivet"],
      ["it is out of rotation", "http://10.22.0.11/health"],
    ] as const)
      it(`does not bother the issuer while ${what}`, () => {
        certificate("settle");
        rmSync(at(`answers/${url.replaceAll("/", "_")}`));
        const { status, stdout } = certificate("renew", "--now");
        expect(status).to.equal(0);
        expect(stdout).to.match(/it is not ordered while this node does not take part in serving them\n$/);
        expect(calls().some((call) => call.includes("14000"))).to.equal(false);
      });

    it("shows nothing that the issuer got wrong", async () => {
      certificate("settle");
      const before = shown();
      await authority.pair(at("issued"), { hosts: ["www.trivet.test"] });
      const { status, stdout } = certificate("renew", "--now");
      expect(status).to.equal(1);
      expect(stdout).to.include("what came is not usable: it is for www.trivet.test; wanted app.trivet.test");
      expect(shown()).to.equal(before);
    });

    it("has nginx take it up later when it refuses at first", async () => {
      certificate("settle");
      await authority.pair(at("issued"), { hosts });
      put("nginx-refuses", "");
      expect(certificate("renew", "--now")).to.include({ status: 1 });
      rmSync(at("nginx-refuses"));
      rmSync(at("calls"));
      expect(certificate("renew")).to.include({ status: 0 });
      expect(calls()).to.include("reload-nginx");
      rmSync(at("calls"));
      certificate("renew");
      expect(calls()).to.deep.equal([]);
    });

    it("raises the alarm once a day below 14 days, whatever else happens", async () => {
      await publicly({ from: -77 });
      const alarm = /^the sites' certificate ends in 13 days$/m;
      expect(certificate("renew", "--now").stdout).to.match(alarm);
      expect(certificate("renew").stdout).not.to.match(alarm);
      const before = new Date(Date.now() - 86_400_000);
      utimesSync(at(`${state}/alerted`), before, before);
      expect(certificate("renew").stdout).to.match(alarm);
      await publicly({ from: -70 });
      expect(certificate("renew").stdout).not.to.match(/ends in/);
    });
  });

  describe("rehearse", () => {
    it("makes the whole order, and shows none of it", async () => {
      await publicly();
      const before = shown();
      await authority.pair(at("issued"), { hosts });
      expect(certificate("rehearse")).to.include({ status: 0, stdout: "" });
      expect(shown()).to.equal(before);
      expect(JSON.parse(read(`${state}/rehearsal.json`))).to.include({ ok: true, reason: null });
      expect(ordered()).to.have.length(1);
    });

    it("fails with the issuer's reason, for the journal and for the record", async () => {
      await publicly();
      const { status, stdout } = certificate("rehearse");
      expect(status).to.equal(1);
      expect(stdout).to.equal(`the renewal of the sites' certificate fails in rehearsal: ${reason}\n`);
      expect(JSON.parse(read(`${state}/rehearsal.json`))).to.include({ ok: false, reason });
      expect(existsSync(at(`${state}/failures`))).to.equal(false);
      const { rehearsal, wantsAnother, days } = JSON.parse(certificate("status").stdout) as Record<string, unknown>;
      expect({ rehearsal: (rehearsal as { ok: boolean }).ok, wantsAnother, days }).to.deep.equal({
        ...{ rehearsal: false, wantsAnother: null, days: 80 },
      });
    });
  });

  it("says how it is called", () => {
    expect(certificate("renew", "now")).to.include({ status: 2 });
    expect(certificate().stderr).to.match(/^usage: certificate renew/);
  });
});
