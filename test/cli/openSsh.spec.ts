import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { openSsh, sshArguments } from "../../cli/openSsh";

const target = { name: "ash", host: "203.0.113.10", user: "root", privateKey: "KEY", knownHosts: "203.0.113.10 t k" };

describe("openSsh", () => {
  it("trusts the stack's host keys alone", () => {
    const words = sshArguments(target, "/k", "/h", []);
    expect(words).to.include.members(["IdentityFile=/k", "UserKnownHostsFile=/h", "StrictHostKeyChecking=yes"]);
    expect(words.at(-1)).to.equal("root@203.0.113.10");
  });

  it("passes a command on, options and all", () => {
    expect(sshArguments(target, "/k", "/h", ["ls", "-l"]).slice(-4)).to.deep.equal([
      "root@203.0.113.10",
      "--",
      "ls",
      "-l",
    ]);
  });

  it("asks for a terminal only where one is wanted", () => {
    expect(sshArguments(target, "/k", "/h", ["ls"])).not.to.include("-t");
    expect(sshArguments(target, "/k", "/h", ["ls"], { terminal: true })).to.include("-t");
  });

  describe("with a client in the way that records", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "ssh-spec-"));
    const seen = path.join(folder, "seen");
    const originalPath = process.env.PATH;

    before(() => {
      const client = path.join(folder, "ssh");
      writeFileSync(
        client,
        `#!/bin/bash
for word; do
  case $word in
    IdentityFile=*) file=\${word#*=}; echo "$file"; stat -c %a "$file"; cat "$file" ;;
    UserKnownHostsFile=*) cat "\${word#*=}" ;;
  esac
done >"${seen}"
exit 42
`,
      );
      chmodSync(client, 0o755);
      process.env.PATH = `${folder}:${originalPath}`;
    });
    after(() => {
      process.env.PATH = originalPath;
      rmSync(folder, { recursive: true });
    });

    it("shows the key to nobody else, removes it, and ends as ssh ends", async () => {
      expect(await openSsh(target, [])).to.equal(42);
      const [file, mode, ...contents] = readFileSync(seen, "utf8").trimEnd().split("\n");
      expect(mode).to.equal("600");
      expect(contents).to.deep.equal(["KEY", "203.0.113.10 t k"]);
      expect(existsSync(file ?? "")).to.equal(false);
    });
  });
});
