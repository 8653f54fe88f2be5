import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { expect } from "chai";
import { readTemplates } from "../../components/render";
import { runProgram } from "../support/program";
import { scriptFiles, type ScriptFile } from "../support/scriptFiles";
import { NodeFolder } from "./support/nodeFolder";

const [ash, birch, cedar, gone] = ["10.22.0.11", "10.22.0.12", "10.22.0.13", "10.22.0.99"];
/** Where the scripts look on a node; here, in a folder of the test's own. */
const places = ["/usr/local/lib/trivet", "/etc/trivet", "/etc/redis", "/var/lib/redis", "/run/trivet-redis"];
/** Answers what a test has put under the address and the command, one by one from standard input if it has none. */
const redisCli = `
while [ $# -gt 0 ]; do
  case $1 in
    --user) user=$2; shift 2 ;;
    --cert) cert=\${2##*/}; shift 2 ;;
    --cacert | --key) shift 2 ;;
    -h) ip=$2; shift 2 ;;
    -p) port=$2; shift 2 ;;
    -*) shift ;;
    *) break ;;
  esac
done
# Without a user, all it finds out is what those hear that show its certificate.
if [ -z "\${user-}" ]; then cat "$FAKE/answers/$port \${cert-none}"; exit; fi
answer() { printf '%s\\n' "$ip $port $1" >>"$FAKE/calls"; cat "$FAKE/answers/$ip $port \${1//\\//_}"; }
if [ $# -gt 0 ]; then answer "$*"; else while read -r line; do answer "$line"; done; fi
`;

describe("the scripts of redis and sentinel on a node", function () {
  this.timeout(30_000);
  let files: Record<string, ScriptFile>;
  before(async () => {
    const run = await runProgram("local");
    const made = ["redis", "sentinel"].map((role) => scriptFiles(run.named(`ash-${role}`).inputs.stdin));
    files = Object.assign({}, ...made) as Record<string, ScriptFile>;
  });

  let node: NodeFolder;
  const at = (name: string) => node.at(name);
  const put = (file: string, text: string, mode?: string) => node.put(file, text, mode);
  const read = (file: string) => node.read(file);
  const calls = () => node.lines("calls");
  const answer = (ip: string, command: string, text: string, port = 26379) =>
    put(`answers/${ip} ${port} ${command.replaceAll("/", "_")}`, `${text}\n`);

  beforeEach(() => {
    node = new NodeFolder(places);
    node.lay(files);
    put("bin/redis-cli", `#!/bin/bash${redisCli}`, "0755");
    put("bin/systemctl", `#!/bin/bash\necho "systemctl $*" >>"$FAKE/calls"\n`, "0755");
    // redis-settle waits for as long as it takes: here, it gives up where it would.
    put("bin/sleep", '#!/bin/bash\n[ "$1" = 0.1 ]\n', "0755");
    mkdirSync(at("answers"));
    for (const place of places) mkdirSync(at(place), { recursive: true });
    put("/etc/trivet/redis/users.acl", "user default off resetpass ~* &* +@all\nuser app on #1234 ~*\n");
    put("/etc/trivet/redis/redis-auth.conf", "masteruser replica\nmasterauth secret\n");
    put("/etc/trivet/redis/sentinel-auth.conf", "sentinel auth-user main sentinel\n");
    for (const user of ["sentinel-peer", "monitor"]) put(`/etc/trivet/redis/${user}.pass`, "secret\n");
    put("/run/trivet-redis/local.pass", "of this start\n");
  });
  afterEach(() => node.remove());

  function bash(script: string, env: Record<string, string> = {}) {
    const PATH = `${at("bin")}:${process.env.PATH}`;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
      env: { PATH, FAKE: node.root, ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 10_000,
    });
    return { status, stdout, stderr };
  }
  const tool = (name: string, env?: Record<string, string>) => bash(at(`/usr/local/lib/trivet/${name}`), env);
  const ask = (expression: string) =>
    bash(`set -euo pipefail; . ${at("/usr/local/lib/trivet/redis-peers")}; ${expression}`).stdout.trimEnd();

  /** What a sentinel answers about the master. */
  function sees(sentinel: string, epoch: number, master: string): void {
    answer(sentinel, "SENTINEL MASTER main", `name\nmain\nip\n${ash}\nflags\nmaster\nconfig-epoch\n${epoch}\nnum-slaves\n2`);
    answer(sentinel, "SENTINEL GET-MASTER-ADDR-BY-NAME main", `${master}\n6379`);
  }
  const remembers = (epoch: number, master: string, ...sentinels: string[]) => {
    const known = sentinels.map((ip) => `sentinel known-sentinel main ${ip} 26379 ${"0".repeat(40)}\n`);
    const settings = `sentinel monitor main ${master} 6379 2\nsentinel config-epoch main ${epoch}\n`;
    put("/var/lib/redis/sentinel.conf", settings + known.join(""));
  };

  describe("redis-peers", () => {
    it("names nobody when nobody knows", () => {
      expect(ask("known_master")).to.equal("");
      expect(ask("agreed_master")).to.equal("");
    });

    const cases: [string, [string, number, string][], [number, string] | undefined, string, string][] = [
      ["all agree", [[ash, 3, birch], [birch, 3, birch], [cedar, 3, birch]], [3, birch], birch, birch], // prettier-ignore
      ["one was cut off for a while", [[ash, 3, ash], [birch, 10, birch], [cedar, 10, birch]], undefined, birch, birch], // prettier-ignore
      ["only the one that was cut off answers", [[ash, 3, ash]], [10, birch], birch, ""],
      ["only this node's memory is there", [], [10, birch], birch, ""],
      ["this node was cut off itself", [[birch, 10, birch], [cedar, 10, birch]], [3, ash], birch, birch],
      ["a failover is just spreading", [[ash, 4, cedar], [birch, 3, ash], [cedar, 3, ash]], [3, ash], cedar, ash],
    ];
    for (const [what, views, memory, known, agreed] of cases)
      it(`finds the latest decision, and what a majority says, when ${what}`, () => {
        for (const [sentinel, epoch, master] of views) sees(sentinel, epoch, master);
        if (memory) remembers(...memory);
        expect({ known: ask("known_master"), agreed: ask("agreed_master") }).to.deep.equal({ known, agreed });
      });

    it("takes a sentinel that knows no master for one that does not answer", () => {
      answer(ash, "SENTINEL MASTER main", "ERR No such master with that name");
      answer(ash, "SENTINEL GET-MASTER-ADDR-BY-NAME main", "");
      expect(ask("views")).to.equal("");
    });
  });

  describe("redis-seed", () => {
    const log = "/var/lib/redis/appendonlydir/appendonly.aof.manifest";
    const checks = (well: boolean) =>
      put("bin/redis-check-aof", `#!/bin/bash\necho "check $*" >>"$FAKE/calls"\n[ "$1" = --fix ] || ${well}\n`, "0755");

    it("leaves a log alone that can be read", () => {
      checks(true);
      put(log, "file x");
      for (const sentinel of [ash, birch, cedar]) sees(sentinel, 3, birch);
      expect(tool("redis-seed").status).to.equal(0);
      expect(read(log)).to.equal("file x");
    });

    it("begins with its master's data where a replica's log is damaged, and keeps what was there", () => {
      checks(false);
      put(log, "file x");
      for (const sentinel of [ash, birch, cedar]) sees(sentinel, 3, birch);
      const { status, stderr } = tool("redis-seed");
      expect(status, stderr).to.equal(0);
      expect(existsSync(at(log))).to.equal(false);
      expect(read("/var/lib/redis/appendonlydir.damaged/appendonly.aof.manifest")).to.equal("file x");
    });

    it("cuts a master's damaged log off where the damage begins", () => {
      checks(false);
      put(log, "file x");
      for (const sentinel of [ash, birch, cedar]) sees(sentinel, 3, ash);
      const { status, stderr } = tool("redis-seed");
      expect(status, stderr).to.equal(0);
      expect(calls().at(-1)).to.equal(`check --fix ${at(log)}`);
      expect(existsSync(at(log))).to.equal(true);
    });

    const seeded = () => {
      const { status, stderr } = tool("redis-seed");
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
      const lines = read("/var/lib/redis/redis.conf").split("\n");
      return lines.find((line) => line.startsWith("replicaof")) ?? "master";
    };

    it("starts the nominated node as master, once and never again", () => {
      expect(seeded()).to.equal("master");
      put("/var/lib/redis/redis.conf", `port 0\nreplicaof ${cedar} 6379\n`);
      expect(seeded()).to.equal(`replicaof ${cedar} 6379`);
      expect(seeded()).to.equal(`replicaof ${cedar} 6379`);
    });

    it("follows whom the sentinels name, whatever its own file says", () => {
      put("/var/lib/redis/redis.conf", "port 0\n");
      sees(birch, 4, birch);
      expect(seeded()).to.equal(`replicaof ${birch} 6379`);
      sees(cedar, 5, birch);
      expect(seeded()).to.equal(`replicaof ${birch} 6379`);
    });

    it("starts as master only if a majority of the sentinels says so", () => {
      remembers(4, ash, birch, cedar);
      sees(ash, 4, ash);
      expect(tool("redis-seed")).to.include({ status: 1 });
      sees(birch, 4, ash);
      expect(seeded()).to.equal("master");
      sees(birch, 5, birch);
      sees(cedar, 5, birch);
      expect(seeded()).to.equal(`replicaof ${birch} 6379`);
    });

    it("starts as master while its sentinel is the only one that there ever was, however many there will be", () => {
      remembers(0, ash);
      sees(ash, 0, ash);
      expect(seeded()).to.equal("master");
    });

    it("obeys a human once, whatever the sentinels say", () => {
      sees(birch, 5, birch);
      put("/var/lib/redis/sentinel.conf", `sentinel monitor main ${birch} 6379 2\nsentinel config-epoch main 5\nsentinel current-epoch 9\n`);
      expect(tool("redis-promote")).to.include({ status: 0, stderr: "" });
      expect(calls().filter((call) => call.startsWith("systemctl"))).to.deep.equal([
        "systemctl stop trivet-sentinel.service",
        "systemctl restart trivet-redis.service",
        "systemctl start trivet-sentinel.service",
      ]);
      expect(read("/var/lib/redis/sentinel.conf")).to.equal(
        `sentinel monitor main ${ash} 6379 2\nsentinel config-epoch main 10\nsentinel current-epoch 10\n`,
      );
      expect(seeded()).to.equal("master");
      expect(existsSync(at("/var/lib/redis/promote"))).to.equal(false);
    });

    it("asks clients for a certificate", () => {
      seeded();
      expect(read("/var/lib/redis/redis.conf").match(/^tls-auth-clients .*$/gm)).to.deep.equal(["tls-auth-clients yes"]);
    });

    it("may not be promoted before it has been seen in sync", () => {
      seeded();
      expect(read("/var/lib/redis/redis.conf")).to.match(/^replica-priority 0$/m);
    });

    it("gives this start a user of its own that can do no more than its scripts need", () => {
      seeded();
      const first = read("/run/trivet-redis/local.pass").trim();
      const users = read("/var/lib/redis/users.acl");
      expect(users).to.include(read("/etc/trivet/redis/users.acl"));
      expect(users).to.include(`user local on #${createHash("sha256").update(first).digest("hex")} resetkeys resetchannels -@all`);
      expect(users).to.match(/ -@all \+ping \+info \+config\|set \+acl\|load\n$/);
      seeded();
      expect(read("/run/trivet-redis/local.pass").trim()).not.to.equal(first);
    });
  });

  describe("redis-settle", () => {
    const allow = "CONFIG SET replica-priority 100";
    const settles = () => tool("redis-settle").status === 0;
    const info = (text: string) => answer(ash, "INFO replication", text.replaceAll("\n", "\r\n"), 6379);
    beforeEach(() => answer(ash, allow, "OK", 6379));

    const cases: [string, string[], string, boolean][] = [
      ["is the master", [ash, ash], "role:master", true],
      ["is in sync with the master", [birch, birch], `role:slave\nmaster_host:${birch}\nmaster_link_status:up`, true],
      ["has not heard of a majority", [ash], "role:master", false],
      ["is no master but named one", [ash, ash], `role:slave\nmaster_host:${birch}\nmaster_link_status:up`, false],
      ["is a master that others have left", [birch, birch], "role:master", false],
      ["waits for its master", [birch, birch], `role:slave\nmaster_host:${birch}\nmaster_link_status:down`, false],
      ["follows another one", [birch, birch], `role:slave\nmaster_host:${cedar}\nmaster_link_status:up`, false],
    ];
    for (const [what, views, text, allowed] of cases)
      it(`${allowed ? "lets" : "does not let"} one be promoted that ${what}`, () => {
        for (const [index, master] of views.entries()) sees([birch, cedar][index]!, 4, master);
        info(text);
        expect(settles()).to.equal(allowed);
        expect(calls().includes(`${ash} 6379 ${allow}`)).to.equal(allowed);
      });
  });

  describe("redis-handover", () => {
    const failover = (sentinel: string) => `${sentinel} 26379 SENTINEL FAILOVER main`;
    const asked = () => calls().filter((call) => call.endsWith("FAILOVER main"));
    beforeEach(() => {
      for (const sentinel of [ash, birch, cedar]) sees(sentinel, 4, ash);
    });

    it("asks the first sentinel that answers for another master, once", () => {
      answer(birch, "SENTINEL FAILOVER main", "OK");
      const { status, stdout } = tool("redis-handover", { SERVICE_RESULT: "success" });
      expect(status).to.equal(0);
      expect(stdout).to.equal(`the sentinel of ${birch} was asked for another master: OK\n`);
      expect(asked()).to.deep.equal([failover(ash), failover(birch)]);
    });

    it("leaves a master that crashed what it was", () => {
      answer(ash, "SENTINEL FAILOVER main", "OK");
      for (const result of ["signal", "exit-code", "oom-kill", "core-dump"])
        expect(tool("redis-handover", { SERVICE_RESULT: result }).status).to.equal(0);
      expect(asked()).to.deep.equal([]);
    });

    it("leaves a replica alone, and a master that no majority knows", () => {
      for (const sentinel of [ash, birch, cedar]) sees(sentinel, 4, birch);
      expect(tool("redis-handover", { SERVICE_RESULT: "success" }).status).to.equal(0);
      rmSync(at("answers"), { recursive: true });
      sees(ash, 4, ash);
      expect(tool("redis-handover", { SERVICE_RESULT: "success" }).status).to.equal(0);
      expect(asked()).to.deep.equal([]);
    });

    it("does not insist when there is nobody to take over", () => {
      answer(ash, "SENTINEL FAILOVER main", "NOGOODSLAVE No suitable replica to promote");
      expect(tool("redis-handover", { SERVICE_RESULT: "success" }).status).to.equal(0);
      expect(asked()).to.deep.equal([failover(ash)]);
    });
  });

  describe("redis-reload", () => {
    const tls = () => at("/etc/trivet/tls");
    const certificates = () =>
      `CONFIG SET tls-cert-file ${tls()}/node.crt tls-key-file ${tls()}/node.key tls-ca-cert-file ${tls()}/ca.crt`;
    const takes = (first: string) => {
      answer(ash, certificates(), first, 6379);
      answer(ash, "CONFIG SET masterauth secret", "OK", 6379);
      answer(ash, "ACL LOAD", "OK", 6379);
    };

    it("has redis read certificates, the password and the users again", () => {
      takes("OK");
      expect(tool("redis-reload")).to.deep.equal({ status: 0, stdout: "", stderr: "" });
      expect(calls()).to.have.length(3);
      expect(read("/var/lib/redis/users.acl")).to.include("user app on").and.include("user local on");
    });

    it("fails when redis refuses one, and shows no password", () => {
      takes("ERR Unable to update TLS configuration.");
      const { status, stderr } = tool("redis-reload");
      expect(status).to.equal(1);
      expect(stderr).to.include("Unable to update TLS configuration");
      expect(stderr).not.to.include("secret");
    });
  });

  describe("sentinel-seed", () => {
    const seeded = () => {
      const { status, stderr } = tool("sentinel-seed");
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
      return read("/var/lib/redis/sentinel.conf").trimEnd().split("\n");
    };
    const state = [
      "sentinel myid 3090fb8e4d5ab1a1a7cfd9ea509a9ec014a1a4ed",
      "sentinel config-epoch main 7",
      "sentinel leader-epoch main 8",
      "sentinel current-epoch 8",
      `sentinel known-replica main ${ash} 6379`,
      `sentinel known-sentinel main ${birch} 26379 207f3c9fbefa4a760b18c02631b6a4316ff08d46`,
    ];
    const written = (...more: string[]) =>
      put(
        "/var/lib/redis/sentinel.conf",
        ["port 0", `sentinel monitor main ${cedar} 6379 3`, "sentinel down-after-milliseconds main 1", ...state, ...more, ""].join("\n"),
      );

    it("keeps everything that sentinel found out, and takes our settings anew", () => {
      written();
      const lines = seeded();
      expect(lines).to.include.members([...state, `sentinel monitor main ${cedar} 6379 2`, "sentinel down-after-milliseconds main 4500"]);
      expect(lines.filter((line) => / (monitor|down-after-milliseconds|myid) /.test(line))).to.have.length(3);
      expect(lines.indexOf(state[1]!)).to.be.greaterThan(lines.findIndex((line) => line.includes(" monitor ")));
    });

    it("asks clients for a certificate, also where its file did not before", () => {
      const asked = () => seeded().filter((line) => line.startsWith("tls-auth-clients "));
      expect(asked()).to.deep.equal(["tls-auth-clients yes"]);
      written("tls-auth-clients optional");
      expect(asked()).to.deep.equal(["tls-auth-clients yes"]);
    });

    it("changes nothing the second time", () => {
      written();
      expect(seeded()).to.deep.equal(seeded());
    });

    it("forgets nodes that are no more", () => {
      written(`sentinel known-replica main ${gone} 6379`, `sentinel known-sentinel main ${gone} 26379 b5ba038f326d54a79ad96ec2ff86ccac378bae7b`);
      expect(seeded().filter((line) => line.includes(gone))).to.deep.equal([]);
    });

    it("knows no master that is its own replica", () => {
      written(`sentinel known-replica main ${cedar} 6379`);
      expect(seeded()).to.include(state[4]).and.not.include(`sentinel known-replica main ${cedar} 6379`);
    });

    it("asks the others when it has no memory, and else takes the nominated node", () => {
      expect(seeded()).to.include(`sentinel monitor main ${ash} 6379 2`);
      rmSync(at("/var/lib/redis/sentinel.conf"));
      sees(birch, 4, cedar);
      expect(seeded()).to.include(`sentinel monitor main ${cedar} 6379 2`);
    });
  });

  describe("the probes", () => {
    const probe = (role: string) =>
      bash(`set -euo pipefail
        fail() { echo "$*" >&2; exit 1; }
        wait_for() { "\${@:3}" || fail "waited in vain for $2"; }
        ${node.own(readTemplates(role).probe)}`);
    const hears = (port: number, shown: string, text: string) => put(`answers/${port} ${shown}`, `${text}\n`);
    beforeEach(() => {
      sees(ash, 4, ash);
      answer(ash, "INFO replication", "role:master\r", 6379);
    });

    for (const [role, port] of [["redis", 6379], ["sentinel", 26379]] as const) { // prettier-ignore
      const asksForPassword = "NOAUTH Authentication required.";
      const refused = "Error: Connection reset by peer";

      it(`of ${role} want the application's certificate taken, and nobody who shows none`, () => {
        hears(port, "app.crt", asksForPassword);
        hears(port, "none", refused);
        expect(probe(role)).to.deep.equal({ status: 0, stdout: "", stderr: "" });
      });

      it(`of ${role} fail when a client without a certificate is taken`, () => {
        for (const shown of ["app.crt", "none"]) hears(port, shown, asksForPassword);
        expect(probe(role)).to.include({ status: 1, stderr: `${role} takes a client that shows no certificate\n` });
      });

      it(`of ${role} fail when the application's certificate is refused`, () => {
        for (const shown of ["app.crt", "none"]) hears(port, shown, refused);
        const { status, stderr } = probe(role);
        expect(status).to.equal(1);
        expect(stderr).to.include(`waited in vain for ${role} to take a client with the application's certificate`);
      });
    }
  });

  describe("sentinel-tidy", () => {
    const instances = (entries: [string, string][]) =>
      entries.flatMap(([ip, flags]) => ["name", ip, "ip", ip, "port", "1", "runid", "ab", "flags", flags]).join("\n");
    const knows = (master: string, sentinels: [string, string][], replicas: [string, string][] = []) => {
      answer(ash, "SENTINEL MASTER main", instances([[ash, master]]));
      answer(ash, "SENTINEL SENTINELS main", instances(sentinels));
      answer(ash, "SENTINEL REPLICAS main", instances(replicas));
    };
    const restarts = () => {
      rmSync(at("calls"), { force: true });
      expect(tool("sentinel-tidy")).to.include({ status: 0, stderr: "" });
      return calls().includes("systemctl restart trivet-sentinel.service");
    };
    const well: [string, string][] = [[birch, "sentinel"], [cedar, "sentinel"]]; // prettier-ignore
    const ghost: [string, string] = [gone, "s_down,sentinel,disconnected"];

    it("does nothing while everyone is there", () => {
      knows("master", well, [[birch, "slave"], [cedar, "slave"]]); // prettier-ignore
      expect(restarts()).to.equal(false);
    });

    it("restarts a sentinel that knows one that is no more, be it a sentinel or a replica", () => {
      knows("master", [...well, ghost]);
      expect(restarts()).to.equal(true);
      knows("master", well, [[gone, "s_down,slave,disconnected"]]);
      expect(restarts()).to.equal(true);
    });

    it("leaves one alone that is going, but still there", () => {
      knows("master", [...well, [gone, "sentinel"]]);
      expect(restarts()).to.equal(false);
    });

    it("leaves a peer alone that is down for a while", () => {
      knows("master", [[birch, "sentinel"], [cedar, "s_down,sentinel,disconnected"]], [[cedar, "s_down,slave"]]); // prettier-ignore
      expect(restarts()).to.equal(false);
    });

    for (const [what, master, sentinels] of [
      ["the master is down", "s_down,master,disconnected", well],
      ["a failover is under way", "s_down,o_down,master,failover_in_progress", well],
      ["another sentinel is down", "master", [[birch, "sentinel"], [cedar, "s_down,sentinel"]]],
      ["another sentinel is not known yet", "master", [[birch, "sentinel"]]],
    ] as [string, string, [string, string][]][])
      it(`waits while ${what}`, () => {
        knows(master, [...sentinels, ghost]);
        expect(restarts()).to.equal(false);
      });
  });
});
