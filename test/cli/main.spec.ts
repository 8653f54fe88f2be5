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
  "outputs.json": JSON.stringify(outputs),
  "export.json": JSON.stringify({
    deployment: {
      resources: [{ urn: "urn:x::ash-nginx", type: "command:remote:Command", inputs: { stdin: "apply" } }],
    },
  }),
});
chmodSync(path.join(pulumi, "pulumi"), 0o755);

function trivet(...words: string[]) {
  const env = { ...process.env, PATH: `${pulumi}:${process.env.PATH}`, TRIVET_STACK: "prod" };
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
    { words: ["deploy", "/nowhere"], says: /^trivet: "\/nowhere" is not a directory; .*\n$/ },
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
