import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { sessionCommand } from "../../../cli/sessions/session";
import { fakeNode, type FakeNode } from "../support/fakeNode";
import { endOf, start } from "../support/programs/start";
import { serveSsh, type TestServer } from "../support/sshServer";

/** Says how it was called. */
const recorder = (...variables: string[]) => `
printf '%s\\n' "$@" >"$NODE_ROOT/words"
for name in ${variables.join(" ")}; do echo "$name=\${!name-}"; done >"$NODE_ROOT/variables"
cat`;

describe("a session on a node", function () {
  this.timeout(30_000);
  let node: FakeNode;
  let server: TestServer;

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });
  beforeEach(async () => {
    node = await fakeNode();
    server = await serveSsh("ash", node.shell);
  });
  afterEach(() => {
    server.close();
    node.close();
  });

  const file = (name: string, text: string) => {
    mkdirSync(path.dirname(node.file(name)), { recursive: true });
    writeFileSync(node.file(name), text);
  };
  const program = (name: string, text: string) => {
    file(name, `#!/bin/bash\n${text}\n`);
    chmodSync(node.file(name), 0o755);
  };
  const lines = (name: string) => readFileSync(node.file(name), "utf8").split("\n").slice(0, -1);
  const open = (input: string, script: string, ...words: string[]) => {
    const child = start("session", JSON.stringify(server.target), script, ...words);
    child.stdin.end(input);
    return endOf(child);
  };
  /** As on a terminal, for which the tests have none. */
  const onTerminal = (script: "run", ...words: string[]) => {
    const [shell = "", ...options] = node.shell;
    execFileSync(shell, [...options, sessionCommand(script, true, words)]);
  };

  describe("that runs a command", () => {
    const release = () => {
      mkdirSync(node.file("srv/app/releases/r1"), { recursive: true });
      symlinkSync("releases/r1", node.file("srv/app/current"));
    };

    it("passes on its words, its input, its outputs and its exit code", async () => {
      release();
      const words = ["bash", "-c", 'printf "<%s>" "$@"; cat; pwd; echo "$SECRET" >&2; exit 7', "0"];
      const ran = await open("input\n", "run", ...words, "a  b", "$HOME", "*", "it's", "");
      expect(ran).to.deep.equal({
        code: 7,
        stdout: "<a  b><$HOME><*><it's><>input\n/srv/app/releases/r1\n",
        stderr: "of-the-node\n",
      });
    });

    it("gives it a worker's limits and variables, but not its port", () => {
      release();
      program("systemd-run", recorder());
      program(
        "systemctl",
        `case "$*" in
  list-units*) echo "app@3001.service loaded active running" ;;
  *"--property MemoryMax app@3001.service") echo 1000 ;;
  *"--property Environment app@3001.service") echo "PORT=3001 HOST=127.0.0.1 NODE_NAME=ash WORKER=3001 NODE_VERSION=24" ;;
esac`,
      );
      onTerminal("run", "node", "script.js");
      const words = lines("words");
      expect(words).to.include.members([
        ...["--pty", "--wait", "--expand-environment=no", "--property=User=app", "--property=MemoryMax=1000"],
        ...["--property=EnvironmentFile=/etc/trivet/app.env", "--property=OOMScoreAdjust=800"],
        ...["--setenv=NODE_NAME=ash", "--setenv=NODE_VERSION=24"],
      ]);
      expect(words.filter((word) => /PORT|HOST|WORKER|--pipe/.test(word))).to.deep.equal([]);
      expect(words.slice(-5)).to.deep.equal(["--", "/usr/bin/env", "--", "node", "script.js"]);
    });

    it("says when there is no release", async () => {
      expect(await open("", "run", "true")).to.deep.equal({
        code: 1,
        stdout: "",
        stderr: 'trivet: there is no release on this node; run "npx trivet deploy DIR".\n',
      });
    });
  });

  describe("with psql", () => {
    beforeEach(() => {
      file("etc/trivet/pgbouncer/userlist.txt", '"app" "app-secret"\n"owner" "owner-secret"\n');
      program("psql", recorder("PGPASSWORD", "PGPASSFILE", "PGUSER", "PGHOST", "PGSSLMODE"));
    });

    it("passes on statements and options, and no password on a command line", async () => {
      const ran = await open("select 1;\n", "psql", "owner", "-c", "select 'a  b'");
      expect(ran).to.deep.equal({ code: 0, stdout: "select 1;\n", stderr: "" });
      expect(lines("words")).to.deep.equal(["-c", "select 'a  b'"]);
      expect(lines("variables")).to.deep.equal([
        ...["PGPASSWORD=owner-secret", "PGPASSFILE=", "PGUSER=owner", "PGHOST=127.0.0.1", "PGSSLMODE=verify-full"],
      ]);
    });

    it("takes the administrator's password from PostgreSQL's own file", async () => {
      await open("", "psql", "admin");
      expect(lines("variables").slice(0, 3)).to.deep.equal([
        ...["PGPASSWORD=", "PGPASSFILE=/etc/trivet/postgres/pgpass", "PGUSER=admin"],
      ]);
    });
  });

  describe("with redis", () => {
    beforeEach(() => {
      const environment = {
        ...{ SENTINELS: "10.0.0.1:26379,10.0.0.2:26379", MASTER_NAME: "main", USERNAME: "app", PASSWORD: "secret" },
        ...{ SENTINEL_USERNAME: "client", SENTINEL_PASSWORD: "other", CA_FILE: "/ca", CERT_FILE: "/c", KEY_FILE: "/k" },
      };
      const text = Object.entries(environment).map(([name, value]) => `REDIS_${name}="${value}"\n`);
      file("etc/trivet/app.env", text.join(""));
      program(
        "redis-cli",
        `case "$* $REDISCLI_AUTH" in
  *"--user client -h 10.0.0.1 "*) echo "Could not connect" >&2; exit 1 ;;
  *"--user client -h 10.0.0.2 -p 26379 SENTINEL GET-MASTER-ADDR-BY-NAME main other") [ ! -e "$NODE_ROOT/split" ] && printf '10.0.0.3\\n6379\\n' ;;
  *) ${recorder("REDISCLI_AUTH")} ;;
esac`,
      );
    });

    it("asks the master that a sentinel names, as the application's user", async () => {
      const ran = await open("PING\n", "redis", "master", "GET", "a  b");
      expect(ran).to.deep.equal({ code: 0, stdout: "PING\n", stderr: "" });
      expect(lines("variables")).to.deep.equal(["REDISCLI_AUTH=secret"]);
      const words = ["--user", "app", "-h", "10.0.0.3", "-p", "6379", "GET", "a  b"];
      expect(lines("words").slice(-8)).to.deep.equal(words);
      expect(lines("words")).to.include.members(["--tls", "/ca", "/c", "/k"]).and.not.include("secret");
    });

    it("asks the node's own where that is wanted", async () => {
      await open("", "redis", "here");
      expect(lines("words").slice(-4)).to.deep.equal(["-h", "127.0.0.1", "-p", "6379"]);
    });

    it("says when no sentinel knows the master", async () => {
      file("split", "");
      const { code, stderr } = await open("", "redis", "master");
      expect({ code, stderr }).to.deep.equal({
        code: 1,
        stderr: `trivet: no sentinel says who redis' master is; "npx trivet status" says what is wrong.\n`,
      });
    });
  });
});
