import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { digest } from "../../components/secrets";
import { runProgram } from "../support/program";
import { scriptFiles, type ScriptFile } from "../support/scriptFiles";

/** Turns a unit's or a user's EnvironmentFile-like settings into variables: systemd's own code, as a program. */
const generator = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator";

/** The files that the role secrets puts on a node, as its script has them. */
async function filesOf(node: string, appEnv: Record<string, string> = {}): Promise<Record<string, ScriptFile>> {
  const run = await runProgram("local", { "trivet:appEnv": JSON.stringify(appEnv) });
  return scriptFiles(run.named(`${node}-secrets`).inputs.stdin);
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("a node's secret files", function () {
  this.timeout(20_000);
  let files: Record<string, ScriptFile>;
  before(async () => {
    files = await filesOf("ash");
  });

  it("are readable only by the service that needs them", () => {
    const access = Object.fromEntries(
      Object.entries(files).map(([file, { mode, owner }]) => [file, `${mode} ${owner}`]),
    );
    const redis = "0640 root:redis";
    expect(access).to.deep.equal({
      "/etc/trivet/tls/ca.crt": "0644 root:root",
      "/etc/trivet/tls/node.crt": "0644 root:root",
      "/etc/trivet/tls/node.key": "0640 root:trivet-tls",
      "/etc/trivet/tls/app.crt": "0644 root:root",
      "/etc/trivet/tls/app.key": "0640 root:app",
      "/etc/trivet/tls/site.crt": "0644 root:root",
      "/etc/trivet/tls/site.key": "0600 root:root",
      "/etc/trivet/acme/account.key": "0600 root:root",
      "/etc/trivet/pgbouncer/userlist.txt": "0640 root:postgres",
      "/etc/trivet/agent/health.json": "0400 postgres:postgres",
      "/etc/trivet/app.env": "0640 root:app",
      "/etc/trivet/postgres/pgpass": "0600 postgres:postgres",
      "/etc/trivet/postgres/passwords.sql": "0400 postgres:postgres",
      "/etc/trivet/redis/users.acl": redis,
      "/etc/trivet/redis/sentinel.acl": redis,
      "/etc/trivet/redis/redis-auth.conf": redis,
      "/etc/trivet/redis/sentinel-auth.conf": redis,
      "/etc/trivet/redis/monitor.pass": "0600 root:root",
      "/etc/trivet/redis/sentinel-peer.pass": redis,
    });
  });

  for (const [file, passwords] of [
    ["users.acl", ["app", "replica", "sentinel", "monitor"].map((user) => [user, `redis-${user}`])],
    ["sentinel.acl", ["peer", "client"].map((user) => [user, `sentinel-${user}`])],
  ] as const)
    it(`${file} has the default user off, and each user once, its password as a hash`, () => {
      const { content } = files[`/etc/trivet/redis/${file}`]!;
      const [first, ...users] = content.trimEnd().split("\n");
      expect(first).to.equal("user default off resetpass ~* &* +@all");
      expect(users.map((line) => line.split(" ").slice(0, 4).join(" "))).to.deep.equal(
        passwords.map(([user, password]) => `user ${user} on #${sha256(`TOP-SECRET-password-${password}`)}`),
      );
      expect(content).not.to.include("TOP-SECRET");
    });

  it("let the application neither administer redis nor forge who the master is", () => {
    const app = /^user app .*$/m.exec(files["/etc/trivet/redis/users.acl"]!.content)![0];
    expect(app).to.match(/ \+@all -@admin -@dangerous \+info$/);
    expect(app).to.include(" resetchannels &app:* ");
    const client = /^user client .*$/m.exec(files["/etc/trivet/redis/sentinel.acl"]!.content)![0];
    expect(client).to.include(" -@all ");
    expect(client).not.to.match(/\+(publish|@|sentinel(\s|$)|sentinel\|(failover|set|remove|monitor|reset))/);
  });

  it("give the application's certificate the same key on every node, and no other's", async () => {
    const other = await filesOf("birch");
    for (const file of ["/etc/trivet/tls/app.crt", "/etc/trivet/tls/app.key"])
      expect(other[file]!.content).to.equal(files[file]!.content);
    const keys = ["app", "node", "site"].map((name) => files[`/etc/trivet/tls/${name}.key`]!.content);
    expect(new Set(keys).size).to.equal(3);
  });

  it("set every database role's password, out of the log's reach", () => {
    const lines = files["/etc/trivet/postgres/passwords.sql"]!.content.trimEnd().split("\n");
    expect(lines).to.deep.equal([
      "SET log_min_error_statement = panic;",
      "SET log_min_duration_statement = -1;",
      ...["owner", "app", "monitor", "backup", "replication", "admin"].map(
        (role) => `ALTER ROLE ${role} PASSWORD 'TOP-SECRET-password-postgres-${role}';`,
      ),
    ]);
  });

  it("give pgbouncer the passwords of its own clients and no other", () => {
    expect(files["/etc/trivet/pgbouncer/userlist.txt"]!.content).to.equal(
      ["app", "owner", "monitor"].map((role) => `"${role}" "TOP-SECRET-password-postgres-${role}"\n`).join(""),
    );
  });

  it("give the application what docs and units promise", () => {
    const variables = environmentOf(files["/etc/trivet/app.env"]!.content);
    expect(variables).to.include({
      NODE_ENV: "production",
      DATABASE_URL: "postgres://app:TOP-SECRET-password-postgres-app@127.0.0.1:6432/app",
      REDIS_MASTER_NAME: "main",
      REDIS_CA_FILE: "/etc/trivet/tls/ca.crt",
      REDIS_CERT_FILE: "/etc/trivet/tls/app.crt",
      REDIS_KEY_FILE: "/etc/trivet/tls/app.key",
    });
    expect(variables.REDIS_SENTINELS!.split(",")).to.have.length(3);
  });
});

describe("the application's environment file", function () {
  this.timeout(20_000);
  const awkward = {
    QUOTED: `"double" and 'single'`,
    BACKSLASHES: String.raw`C:\new\\table\"`,
    DOLLARS: "$HOME ${HOME} $$ $(id)",
    BACKTICKS: "`id`",
    HASHES: "# not ; a comment #",
    SPACES: "  around  and  between  ",
    UNICODE: "Grüße, 木, 🌳",
    PERCENT: "%h %%",
    EQUALS: "a=b=c",
    JSON: '{"a":["b\\n"]}',
    LAST_BACKSLASH: "end\\",
    TAB: "a\tb",
    EMPTY: "",
  };
  let content: string;
  before(async () => {
    content = (await filesOf("ash", awkward))["/etc/trivet/app.env"]!.content;
  });

  it("keeps every value as it was, by the rules of systemd.exec", () => {
    expect(environmentOf(content)).to.deep.include(awkward);
  });

  it("has one line a variable, sorted", () => {
    const names = content
      .trimEnd()
      .split("\n")
      .map((line) => /^([A-Z_]+)="/.exec(line)?.[1]);
    expect(names).to.deep.equal([...names].sort());
    expect(names).to.include.members(Object.keys(awkward));
  });

  it("is read so by systemd itself", function () {
    if (!existsSync(generator)) this.skip(); // A machine without systemd.
    const dir = mkdtempSync(path.join(tmpdir(), "trivet-environment-"));
    try {
      mkdirSync(path.join(dir, "environment.d"));
      // This reader expands variables afterwards, which a unit's does not, has no empty ones, and prints tabs its own way.
      const own = content.split("\n").filter((line) => /^[A-Z_]+="/.test(line) && !/^(EMPTY|TAB)=/.test(line));
      const file = own.map((line) => `${line.replaceAll("\\$", "\\$\\$")}\n`).join("");
      writeFileSync(path.join(dir, "environment.d", "1.conf"), file);
      const env = { PATH: process.env.PATH, XDG_CONFIG_HOME: dir, HOME: dir };
      const read = spawnSync(generator, { env, encoding: "utf8" });
      expect(read.stderr).to.equal("");
      const print = Object.keys(awkward).filter((name) => name !== "EMPTY" && name !== "TAB");
      const shell = `${read.stdout}\nprintf '%s\\0' ${print.map((name) => `"$${name}"`).join(" ")}`;
      const { stdout } = spawnSync("bash", ["-s"], { input: shell, encoding: "utf8" });
      expect(stdout.split("\0").slice(0, -1)).to.deep.equal(print.map((name) => awkward[name as keyof typeof awkward]));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe("a digest of secrets", () => {
  const of = (key: string, ...contents: string[]) =>
    new Promise<string>((done) =>
      digest(
        pulumi.secret(key),
        contents.map((text) => pulumi.secret(text)),
      ).apply(done),
    );

  it("is the same for the same key and contents, and another one for any other", async () => {
    const one = await of("k", "a", "b");
    expect(one).to.match(/^[0-9a-f]{16}$/);
    expect(await of("k", "a", "b")).to.equal(one);
    const others = await Promise.all([
      of("l", "a", "b"),
      of("k", "a", "c"),
      of("k", "b", "a"),
      of("k", "ab"),
      of("k", "a"),
      of("k", "a", "b", ""),
    ]);
    expect(new Set([one, ...others]).size).to.equal(7);
  });

  it("is no plain hash, and shown", async () => {
    expect(sha256('["a"]')).not.to.include(await of("k", "a"));
    expect(await pulumi.isSecret(digest(pulumi.secret("k"), [pulumi.secret("a")]))).to.equal(false);
  });
});

/**
 * Reads what environmentFile wrote, as systemd.exec(5) says: inside double quotes, a backslash before one of "\`$ stands
 * for that character, before any other for itself.
 */
function environmentOf(content: string): Record<string, string> {
  const line = /^([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\[^])*)"\n/gmy;
  const variables: Record<string, string> = {};
  let end = 0;
  for (const [text, name, quoted] of content.matchAll(line)) {
    end += text.length;
    expect(quoted, `${name}: special, and not escaped`).not.to.match(/(?<!\\)(\\\\)*[`$]/);
    variables[name!] = quoted!.replace(/\\(["\\`$])/g, "$1");
  }
  expect(end, content.slice(end)).to.equal(content.length);
  return variables;
}
