import { expect } from "chai";
import { execa } from "execa";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { apiPort, projectRoot } from "../../local/paths";

const bootstrap = (env: Record<string, string>) =>
  execa("bash", ["local/bootstrap.sh", "--version"], { cwd: projectRoot, env, reject: false });

describe("npm run up, on a host that cannot", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "trivet-bootstrap-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A PATH on which one program says something else. */
  function pretending(program: string, script: string): Record<string, string> {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, program), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(folder, program), 0o755);
    return { PATH: `${folder}:${process.env.PATH}` };
  }

  it("is refused by one sentence where there is no Linux", async () => {
    const { exitCode, stderr } = await bootstrap(pretending("uname", "echo Darwin"));
    expect(exitCode).to.equal(1);
    expect(stderr).to.equal(
      "trivet: the local cloud runs on Linux; this is Darwin. A Debian or Ubuntu virtual machine will do.",
    );
  });

  it("is refused by one sentence to whoever is not root", async () => {
    const { exitCode, stderr } = await bootstrap(pretending("id", "echo 1000"));
    expect(exitCode).to.equal(1);
    expect(stderr).to.equal(
      "trivet: the local cloud makes machines and networks, which only root may; run it as root, for example with sudo.",
    );
  });

  it("is refused by one sentence with an old Node.js", async () => {
    const { exitCode, stderr } = await bootstrap(
      pretending("node", 'if [ "$1" = --version ]; then echo v18.20.0; else exit 1; fi'),
    );
    expect(exitCode).to.equal(1);
    expect(stderr).to.equal("trivet: Node.js is v18.20.0; 20.19 or newer is wanted.");
  });

  it("is refused while somebody else has the API's port, before anything is touched", async function () {
    const server = net.createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(apiPort, "127.0.0.1", resolve);
    }).catch(() => this.skip());
    try {
      const { exitCode, stderr, stdout } = await execa("node", ["--import", "tsx", "local/up.ts"], {
        cwd: projectRoot,
        reject: false,
      });
      expect(exitCode).to.equal(1);
      expect(stderr).to.match(/trivet: port 8464 on 127\.0\.0\.1 is in use by .*; the local cloud's API needs it\./);
      expect(stdout).to.equal("");
    } finally {
      server.close();
    }
  });
});
