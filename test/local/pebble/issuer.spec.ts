import { X509Certificate, createPrivateKey } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { trustedAuthority } from "../../../local/pebble/authority";
import { ensurePebble } from "../../../local/pebble/build";
import { directory, pebbleConfig, pebbleEnvironment } from "../../../local/pebble/settings";
import { configOf } from "../../support/program";

describe("the local cloud's issuer of certificates", () => {
  let folder = "";
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "trivet-issuer-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("is the one that the local stack's settings name, for orders and rehearsals", () => {
    const { "trivet:acmeDirectory": orders, "trivet:acmeStaging": rehearsals } = configOf("local");
    expect([orders, rehearsals]).to.deep.equal([directory, directory]);
  });

  it("answers the machines, validates on port 80, and shows its roots to this host alone", () => {
    const { pebble } = pebbleConfig("/somewhere");
    expect(directory).to.equal(`https://${pebble.listenAddress}/dir`);
    expect(pebble.httpPort).to.equal(80);
    expect(pebble.managementListenAddress).to.match(/^127\.0\.0\.1:/);
    expect(pebble.profiles.default.validityPeriod).to.equal(7_776_000);
    expect(pebbleEnvironment).to.include({ PEBBLE_VA_NOSLEEP: "1", PEBBLE_AUTHZREUSE: "0" });
    expect(pebbleEnvironment).not.to.have.property("PEBBLE_VA_ALWAYS_VALID");
  });

  it("is signed by an authority that is made once, and signs nothing else", async function () {
    if (process.getuid!() !== 0) this.skip(); // Only root can make the host's lock.
    const [pem, again] = await Promise.all([trustedAuthority(folder), trustedAuthority(folder)]);
    expect(again).to.equal(pem);
    expect(await trustedAuthority(folder)).to.equal(pem);
    const authority = new X509Certificate(pem);
    const own = new X509Certificate(fs.readFileSync(pebbleConfig(folder).pebble.certificate));
    expect(authority.ca).to.equal(true);
    expect(own.checkIssued(authority) && own.verify(authority.publicKey)).to.equal(true);
    expect(own.checkPrivateKey(createPrivateKey(fs.readFileSync(pebbleConfig(folder).pebble.privateKey)))).to.equal(
      true,
    );
    for (const address of [new URL(directory).hostname, "127.0.0.1"]) expect(own.checkIP(address)).to.equal(address);
    const keys = fs
      .readdirSync(folder)
      .filter((file) => fs.readFileSync(path.join(folder, file), "utf8").includes("PRIVATE KEY"));
    expect(keys).to.deep.equal(["api.key"]);
  });

  describe("'s program", () => {
    const machine = () => ({ searchPath: path.join(folder, "bin"), cacheDir: path.join(folder, "cache") });
    function executable(name: string, script = ""): string {
      const file = path.join(folder, "bin", name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return file;
    }
    const target = 'while [ "$1" != -o ]; do shift; done; : > "$2"; chmod +x "$2"';

    it("is built once, as it is pinned", async () => {
      executable("go", `echo "$*" >> ${folder}/calls; ${target}`);
      const built = await ensurePebble(machine());
      expect(await ensurePebble(machine())).to.equal(built);
      const calls = fs.readFileSync(path.join(folder, "calls"), "utf8").trim().split("\n");
      expect(calls).to.have.length(1);
      expect(calls[0]).to.match(/^build -mod=readonly .* github\.com\/letsencrypt\/pebble\/v2\/cmd\/pebble$/);
      const module = fs.readFileSync(path.join(__dirname, "../../../local/pebble/module/go.mod"), "utf8");
      expect(module).to.match(/letsencrypt\/pebble\/v2 v2\.\d+\.\d+ /);
    });

    it("is the one on the PATH where there is no Go compiler", async () => {
      const fault = await ensurePebble(machine()).catch(String);
      expect(fault).to.match(/^Error: Neither a Go compiler nor `pebble` is on the PATH: install Go 1\.25 or newer/);
      const installed = executable("pebble");
      expect(await ensurePebble(machine())).to.equal(installed);
    });

    it("is there whole or not at all", async () => {
      const go = executable("go", 'echo "no such module" >&2; exit 1');
      expect(await ensurePebble(machine()).catch(String)).to.equal(
        `Error: Could not build pebble with ${go}: no such module`,
      );
      expect(fs.readdirSync(path.join(folder, "cache", "pebble"))).to.deep.equal([]);
    });
  });
});
