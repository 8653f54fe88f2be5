import { execFile, execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { readReport } from "../../../cli/status/collect";
import { commandLine } from "../../../cli/shell";
import { fakeNode, type FakeNode } from "../support/fakeNode";

const reporter = path.resolve(__dirname, "../../../templates/base/usr/local/lib/trivet/status");

describe("a node's report", function () {
  let node: FakeNode;

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });
  beforeEach(async () => {
    node = await fakeNode();
    copyFileSync(reporter, node.file("reporter"));
    chmodSync(node.file("reporter"), 0o755);
  });
  afterEach(() => node.close());

  const report = async () => {
    const [shell = "", ...words] = node.shell;
    const command = commandLine(node.file("reporter"));
    const { stdout } = await promisify(execFile)(shell, [...words, command]);
    return readReport("ash", stdout, 0);
  };

  const program = (name: string, text: string) => {
    writeFileSync(node.file(name), `#!/bin/bash\n${text}\n`);
    chmodSync(node.file(name), 0o755);
  };

  const release = (answer: string) => {
    mkdirSync(node.file("srv/app/releases/r1"), { recursive: true });
    writeFileSync(node.file("srv/app/releases/r1/answer"), answer);
    symlinkSync("releases/r1", node.file("srv/app/current"));
    for (const port of node.ports) writeFileSync(node.file(`running-${port}`), "/srv/app/releases/r1\n");
  };

  it("has null for what is not there, and never fails", async () => {
    program("psql", "exit 2");
    program("redis-cli", "echo Could not connect; exit 1");
    expect(await report()).to.include({
      postgres: null,
      redis: null,
      app: null,
      certificateDays: null,
      siteCertificateDays: null,
      balancer: false,
    });
  });

  it("takes PostgreSQL's own word", async () => {
    program("psql", `echo '{"role":"standby","timeline":3,"lagBytes":null}'`);
    expect((await report()).postgres).to.deep.equal({ role: "standby", timeline: 3, lagBytes: null });
  });

  for (const [said, role] of [
    ["master", "master"],
    ["slave", "replica"],
  ] as const) {
    it(`calls redis's ${said} ${role}, and keeps the password off the command line`, async () => {
      mkdirSync(node.file("etc/trivet/redis"), { recursive: true });
      writeFileSync(node.file("etc/trivet/redis/monitor.pass"), "secret\n");
      program("redis-cli", `[ "$REDISCLI_AUTH" = secret ] && [[ "$*" != *secret* ]] && printf 'role:${said}\\r\\n'`);
      expect((await report()).redis).to.deep.equal({ role });
    });
  }

  it("asks every worker", async () => {
    release("204");
    expect((await report()).app).to.deep.equal({ release: "r1", healthy: true });
    writeFileSync(node.file(`running-${node.ports[1]}`), "/srv/app/releases/none\n");
    expect((await report()).app).to.deep.equal({ release: "r1", healthy: false });
  });

  it("measures memory against the node's size, and the disk", async () => {
    const { memory, disk } = await report();
    expect(memory?.totalMiB).to.equal(1024);
    expect(memory?.usedMiB).to.be.greaterThan(0);
    expect(disk?.percent).to.be.within(0, 100);
  });

  for (const [whose, file, site] of [
    ["the node's", "node.crt", 300],
    ["the application's", "app.crt", 300],
    ["the sites'", "live/site.crt", 30],
  ] as const)
    it(`counts the days of the certificate that ends first, be it ${whose}`, async () => {
      mkdirSync(node.file("etc/trivet/tls/live"), { recursive: true });
      for (const name of ["node.crt", "app.crt", "live/site.crt"]) {
        const request = `req -x509 -newkey rsa:2048 -nodes -days ${name === file ? 30 : 300} -subj /CN=ash`.split(" ");
        const files = ["-keyout", "/dev/null", "-out", node.file(`etc/trivet/tls/${name}`)];
        execFileSync("openssl", [...request, ...files], { stdio: "ignore" });
      }
      const { certificateDays, siteCertificateDays } = await report();
      expect(certificateDays).to.be.within(29, 30);
      expect(siteCertificateDays).to.be.within(site - 1, site);
    });
});

describe("readReport", () => {
  const cases: [string, string, number, string][] = [
    ["no such program", "", 127, "bash: status: No such file or directory"],
    ["no JSON", "hello", 0, ""],
    ["another form", "{}", 0, ""],
  ];
  for (const [name, stdout, code, stderr] of cases) {
    it(`refuses ${name}`, () => {
      expect(() => readReport("ash", stdout, code, stderr)).to.throw(/^ash: \S+ gave no report .*run "pulumi up"/);
    });
  }
});
