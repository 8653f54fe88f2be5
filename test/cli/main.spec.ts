import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { nothingKnown } from "../../cli/status/report";
import { folderWith } from "./support/folder";
import { sshKeys } from "../support/sshKeys";

const launcher = path.resolve(__dirname, "../../bin/trivet");

const outputs = {
  schemaVersion: 1,
  url: "https://example.com",
  // Nobody listens there.
  nodes: [{ name: "ash", publicIp: "127.0.0.99", privateIp: "10.0.0.2" }],
  sshUser: "root",
  deployPrivateKey: sshKeys().private,
  knownHosts: `127.0.0.99 ${sshKeys().public.split(" ").slice(0, 2).join(" ")}`,
};

/** A pulumi that knows one stack, "prod", and says what it was asked. */
const pulumi = folderWith({
  pulumi: `#!/bin/bash
case "$*" in
  *"--stack prod"*) ;;
  *) echo "error: no stack named 'qa' found" >&2; exit 255 ;;
esac
case "$1 $2" in
  "stack output") cat "\${0%/*}/outputs.json" ;;
  "preview --json") echo "error: the token is missing" >&2; exit 1 ;;
  "stack export") cat "\${0%/*}/export.json" ;;
esac
`,
  // Reads what the node's shell would, and says its words from the third one on, one a line.
  ssh: `#!/bin/bash
eval "set -- \${!#}"
shift 3
printf '%s\\n' "$@"
exit 42
`,
  "outputs.json": JSON.stringify(outputs),
  "export.json": JSON.stringify({
    deployment: {
      resources: [{ urn: "urn:x::ash-nginx", type: "command:remote:Command", inputs: { stdin: "apply" } }],
    },
  }),
});
for (const name of ["pulumi", "ssh"]) chmodSync(path.join(pulumi, name), 0o755);

function trivet(...words: string[]) {
  return trivetIn({}, ...words);
}

function trivetIn(variables: Record<string, string>, ...words: string[]) {
  const env = { ...process.env, PATH: `${pulumi}:${process.env.PATH}`, TRIVET_STACK: "prod", ...variables };
  const { status, stdout, stderr } = spawnSync(launcher, words, { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("the trivet command", function () {
  this.timeout(30_000);

  it("reports a stack of which no node answers", () => {
    const { status, stdout } = trivet("status", "--json");
    expect(status).to.equal(0);
    const report = JSON.parse(stdout) as { stack: string; healthy: boolean; problems: string[]; nodes: object[] };
    expect(report).to.include({ stack: "prod", healthy: false });
    expect(report.problems).to.have.length(1);
    expect(report.problems[0]).to.match(/^ash \(127\.0\.0\.99\) cannot be reached over SSH/);
    expect(report.nodes).to.deep.equal([
      {
        ...{ name: "ash", publicIp: "127.0.0.99", privateIp: "10.0.0.2" },
        ...nothingKnown,
      },
    ]);
  });

  it("falls back to what ran last where a preview fails, and says so", () => {
    const { status, stdout, stderr } = trivet("render", "nginx", "ash");
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: "apply\n" });
    expect(stderr).to.match(/^trivet: the preview failed .* so this is what the last "up" ran\.\n$/);
  });

  const sessions: { words: string[]; passes: string[] }[] = [
    {
      words: ["run", "--node", "ash", "--", "node", "a  b", "--", "-x"],
      passes: ["run", "pipe", "node", "a  b", "--", "-x"],
    },
    { words: ["run", "--node", "ash", "node", "-e", "1;"], passes: ["run", "pipe", "node", "-e", "1;"] },
    { words: ["psql", "--node", "ash"], passes: ["psql", "pipe", "app"] },
    {
      words: ["psql", "--node", "ash", "--role", "owner", "--", "-c", "select 'x'"],
      passes: ["psql", "pipe", "owner", "-c", "select 'x'"],
    },
    {
      words: ["redis", "--node", "ash", "--", "--raw", "GET", "$x"],
      passes: ["redis", "pipe", "here", "--raw", "GET", "$x"],
    },
  ];
  for (const { words, passes } of sessions) {
    it(`passes words and the exit code on: ${words.join(" ")}`, () => {
      const { status, stdout } = trivet(...words);
      expect({ status, passed: stdout.split("\n").slice(0, -1) }).to.deep.equal({ status: 42, passed: passes });
    });
  }

  it("prints the stack's outputs, and takes them from a file where there is no pulumi", () => {
    const { status, stdout } = trivet("outputs");
    expect(status).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal(outputs);
    const file = path.join(folderWith({ "outputs.json": stdout }), "outputs.json");
    chmodSync(file, 0o600);
    // A stack that the backend does not know shows that nobody asks it.
    const asked = [
      trivet("releases", "-s", "qa", "--outputs", file),
      trivetIn({ TRIVET_OUTPUTS: file }, "status", "-s", "qa"),
    ];
    for (const { stdout: said, stderr } of asked) {
      expect(said + stderr).to.match(/ash \(127\.0\.0\.99\) cannot be reached over SSH/);
      expect(stderr).not.to.contain("no stack");
    }
  });

  it("prints the form of the outputs", () => {
    expect(trivet("outputs", "--types").stdout).to.match(/^\/\*\*.*\nexport interface TrivetOutputs \{\n/);
  });

  it("tells a program of a fault in JSON too", () => {
    const { status, stdout, stderr } = trivet("deploy", "/nowhere", "--json");
    expect(status).to.equal(1);
    expect(JSON.parse(stdout)).to.deep.equal({
      ok: false,
      fault: '"/nowhere" is not a directory; give the one that holds the application\'s trivet.yaml.',
      details: null,
    });
    expect(stderr).to.match(/^trivet: "\/nowhere" is not a directory/);
  });

  const faults: { words: string[]; says: RegExp }[] = [
    { words: ["status", "-s", "qa"], says: /^trivet: There is no stack "qa" in this backend; .*\n$/ },
    { words: ["ssh", "oak"], says: /^trivet: There is no node "oak" in stack "prod"; it has ash\.\n$/ },
    { words: ["switchover", "oak"], says: /^trivet: There is no node "oak" in stack "prod"; it has ash\.\n$/ },
    { words: ["switchover"], says: /^trivet: No node is the primary; "npx trivet status" says what is wrong\.\n$/ },
    {
      words: ["force-primary"],
      says: /^trivet: No node answers with a standby .* ash \(127\.0\.0\.99\) cannot be reached/,
    },
    {
      words: ["reclone", "ash"],
      says: /^trivet: PostgreSQL's data on ash would be removed .* add --discard-data\.\n$/,
    },
    { words: ["drain", "oak"], says: /^trivet: There is no node "oak" in stack "prod"; it has ash\.\n$/ },
    {
      words: ["drain", "ash"],
      says: /^trivet: ash is the only node: without it nobody serves\. Add --force to do it\.\n$/,
    },
    { words: ["undrain", "oak"], says: /^trivet: There is no node "oak" in stack "prod"; it has ash\.\n$/ },
    {
      words: ["reboot", "ash"],
      says: /^trivet: ash is the only node: without it nobody serves\. Add --force to do it\.\n$/,
    },
    { words: ["reboot", "ash", "--force"], says: /^trivet: ash \(127\.0\.0\.99\) cannot be reached over SSH/ },
    { words: ["logs", "oak"], says: /^trivet: There is no node "oak" in stack "prod"; it has ash\.\n$/ },
    { words: ["logs", "--service", "web"], says: /^trivet: "web" is no service; there are app, nginx, .*\.\n$/ },
    { words: ["logs", "--since", "ages"], says: /^trivet: --since is "ages"; wanted how long ago .*\.\n$/ },
    { words: ["logs", "-n", "few"], says: /^trivet: --lines is "few"; wanted a whole number .*\.\n$/ },
    { words: ["logs"], says: /^trivet: ash \(127\.0\.0\.99\) cannot be reached over SSH/ },
    { words: ["run"], says: /missing required argument 'command'/ },
    {
      words: ["run", "--", "node", "-v"],
      says: /^trivet: No node answers; "npx trivet status" says what is wrong\.\n$/,
    },
    { words: ["run", "--node", "oak", "node"], says: /^trivet: There is no node "oak"/ },
    { words: ["psql"], says: /^trivet: No node is the primary; .* --node NODE opens a standby, to read\.\n$/ },
    {
      words: ["psql", "--role", "root"],
      says: /argument 'root' is invalid\. Allowed choices are app, owner, monitor, admin/,
    },
    { words: ["redis"], says: /^trivet: No data node answers; "npx trivet status" says what is wrong\.\n$/ },
    { words: ["deploy", "/nowhere"], says: /^trivet: "\/nowhere" is not a directory; .*\n$/ },
    { words: ["rollback"], says: /^trivet: ash cannot take a release \(ready: no node\), so nothing was changed\.\n/ },
    {
      words: ["rollback", "--without", "oak"],
      says: /^trivet: There is no node "oak" in stack "prod"; it has ash\.\n$/,
    },
    { words: ["rollback", "--without", "ash"], says: /^trivet: Every node is left out by --without; leave one\.\n$/ },
    { words: ["outputs", "-s", "qa"], says: /^trivet: There is no stack "qa" in this backend; .*\n$/ },
    { words: ["status", "--outputs", "/nowhere"], says: /^trivet: The file of outputs "\/nowhere" cannot be read/ },
    { words: ["deploy"], says: /missing required argument 'directory'/ },
    { words: ["status", "--jsn"], says: /unknown option '--jsn'/ },
    { words: ["sattus"], says: /unknown command 'sattus'/ },
  ];
  for (const { words, says } of faults) {
    it(`fails with a sentence: ${words.join(" ")}`, () => {
      const { status, stdout, stderr } = trivet(...words);
      expect(stderr).to.match(says);
      expect({ status, stdout }).to.deep.equal({ status: 1, stdout: "" });
    });
  }

  it("asks for npm ci where the packages are missing", () => {
    const checkout = folderWith({ "cli/main.ts": "" });
    mkdirSync(path.join(checkout, "bin"));
    copyFileSync(launcher, path.join(checkout, "bin/trivet"));
    const { status, stderr } = spawnSync(path.join(checkout, "bin/trivet"), { encoding: "utf8" });
    expect(status).to.equal(1);
    expect(stderr).to.equal(`trivet: the packages are not installed yet; run "npm ci" in ${checkout}.\n`);
  });
});
