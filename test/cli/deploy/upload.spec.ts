import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import type { Application } from "../../../cli/deploy/application";
import { Upload } from "../../../cli/deploy/upload";
import { folderWith } from "../support/folder";
import { faultOf, serveSsh } from "../support/sshServer";
import { until } from "../../support/until";

const application = (): Application => ({
  name: "shop",
  directory: folderWith({ "app.js": "app" }),
  files: ["app.js"],
  own: { ".trivet/start": "node .\n", ".trivet/release.json": "{}" },
  hash: "0",
  bytes: 3,
  migrate: undefined,
  siteFolders: {},
});

describe("an upload", function () {
  this.timeout(30_000);
  const { PATH, TMPDIR } = process.env;
  afterEach(() => {
    process.env.PATH = PATH;
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });

  for (const [lacks, has, says] of [
    ["rsync", [], 'The command "rsync" is not on PATH; install rsync.'],
    ["ssh", ["rsync"], 'The command "ssh" is not on PATH; install OpenSSH\'s client.'],
  ] as const) {
    it(`says when this machine has no ${lacks}`, async () => {
      const bin = folderWith(Object.fromEntries(has.map((name) => [name, "#!/bin/sh\n"])));
      for (const name of has) chmodSync(path.join(bin, name), 0o755);
      process.env.PATH = bin;
      expect((await faultOf(Upload.with(application(), () => Promise.resolve()))).message).to.equal(says);
    });
  }

  it("says when the node has no rsync, and leaves nothing here", async () => {
    const tools = folderWith({
      nice: "#!/bin/sh\necho 'ionice: failed to execute rsync: No such file' >&2\nexit 127\n",
    });
    chmodSync(path.join(tools, "nice"), 0o755);
    const server = await serveSsh("ash", ["env", `PATH=${tools}:${PATH}`, "bash", "-c"]);
    const shipped = application();
    process.env.TMPDIR = folderWith({});
    const fault = await faultOf(
      Upload.with(shipped, async (upload) => upload.to(server.target, "/nowhere", undefined)),
    );
    server.close();
    expect(fault.message).to.equal('ash has no rsync; run "pulumi up" with this checkout.');
    expect(readdirSync(process.env.TMPDIR)).to.deep.equal([]);
  });

  it("never shows the key in a command line, nor to others", async () => {
    const seen = folderWith({});
    const bin = folderWith({
      rsync: `#!/bin/bash\n[ "$1" = -V ] || { printf '%s\\n' "$@" >>${seen}/words; sleep 1; }\n`,
    });
    chmodSync(path.join(bin, "rsync"), 0o755);
    process.env.PATH = `${bin}:${PATH}`;
    const tmp = (process.env.TMPDIR = folderWith({}));
    const server = await serveSsh();
    await Upload.with(application(), async (upload) => {
      const sending = upload.to(server.target, "/nowhere", undefined);
      await until(() => existsSync(path.join(seen, "words")));
      const [folder = ""] = readdirSync(tmp);
      expect(statSync(path.join(tmp, folder)).mode & 0o077).to.equal(0);
      expect(statSync(path.join(tmp, folder, "ash/key")).mode & 0o077).to.equal(0);
      await sending;
    });
    server.close();
    const words = readFileSync(path.join(seen, "words"), "utf8");
    expect(words).to.contain("StrictHostKeyChecking=yes").and.to.contain("/dev/null");
    for (const line of server.target.privateKey.split("\n").filter((text) => text.length > 20)) {
      expect(words).not.to.contain(line);
    }
  });

  it("takes its files away when this process is told to end", async () => {
    const tmp = folderWith({});
    const program = path.join(folderWith({ "hang.cjs": "" }), "hang.cjs");
    writeFileSync(
      program,
      `const { Upload } = require(${JSON.stringify(path.resolve(__dirname, "../../../cli/deploy/upload"))});
      const application = { directory: "/", files: [], own: { ".trivet/start": "x" } };
      Upload.with(application, () => new Promise(() => { console.log("there"); setInterval(() => {}, 1000); }));`,
    );
    const child = spawn(process.execPath, ["--import", "tsx", program], {
      cwd: path.resolve(__dirname, "../../.."),
      env: { ...process.env, TMPDIR: tmp },
    });
    await once(child.stdout, "data");
    const ours = () => readdirSync(tmp).filter((name) => name.startsWith("trivet-deploy-"));
    expect(ours()).to.have.length(1);
    child.kill("SIGTERM");
    await once(child, "exit");
    expect(ours()).to.deep.equal([]);
  });
});
