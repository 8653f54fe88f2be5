import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { UserError } from "../../cli/errors";
import { SshConnection } from "../../cli/ssh";
import { folderWith } from "./support/folder";
import { all } from "./support/streams";
import { faultOf, serveSsh, type TestServer } from "./support/sshServer";
import { sshKeys } from "../support/sshKeys";
import { until } from "../support/until";

describe("SshConnection", () => {
  let server: TestServer;
  let connection: SshConnection | undefined;

  before(async () => {
    server = await serveSsh();
  });
  afterEach(() => {
    connection?.close();
    connection = undefined;
  });
  after(() => server.close());

  it("runs a command and tells its outputs and exit code apart", async () => {
    connection = await SshConnection.open(server.target);
    const ran = await connection.run("echo out; echo err >&2; exit 7");
    expect(ran).to.deep.equal({ code: 7, stdout: "out\n", stderr: "err\n" });
  });

  it("gives a command its input, and nothing where there is none", async () => {
    connection = await SshConnection.open(server.target);
    expect((await connection.run("cat", { input: "text" })).stdout).to.equal("text");
    expect((await connection.run("cat")).stdout).to.equal("");
    const large = "x".repeat(3_000_000);
    expect((await connection.run("wc -c", { input: Readable.from([large]) })).stdout.trim()).to.equal("3000000");
  });

  it("runs several commands at once", async () => {
    connection = await SshConnection.open(server.target);
    const both = await Promise.all([connection.run("sleep 0.1; echo a"), connection.run("echo b")]);
    expect(both.map((ran) => ran.stdout)).to.deep.equal(["a\n", "b\n"]);
  });

  it("refuses a host that shows another key", async () => {
    const other = sshKeys().public.split(" ").slice(0, 2).join(" ");
    const knownHosts = `[127.0.0.1]:${server.target.port} ${other}\n`;
    const fault = await faultOf(SshConnection.open({ ...server.target, knownHosts }));
    expect(fault).to.be.instanceOf(UserError);
    expect(fault.message).to.match(/^ash \(127\.0\.0\.1\) shows another host key/);
  });

  it("refuses a host that the stack does not know", async () => {
    const fault = await faultOf(SshConnection.open({ ...server.target, knownHosts: "" }));
    expect(fault.message).to.match(/^The stack knows no host key of ash/);
  });

  it("says when its own key is not accepted", async () => {
    const privateKey = sshKeys().private;
    const fault = await faultOf(SshConnection.open({ ...server.target, privateKey }));
    expect(fault.message).to.match(/the key of the stack's outputs is not accepted there/);
    expect(fault.message).not.to.contain("PRIVATE");
  });

  it("says when nobody listens", async () => {
    const knownHosts = server.target.knownHosts.replace(/^\S+/, "[127.0.0.1]:1");
    const fault = await faultOf(SshConnection.open({ ...server.target, port: 1, knownHosts }));
    expect(fault.message).to.match(/^ash \(127\.0\.0\.1\) cannot be reached over SSH \(.*ECONNREFUSED/);
  });

  it("gives up on a command that takes too long", async () => {
    connection = await SshConnection.open(server.target);
    const fault = await faultOf(connection.run("sleep 5", { timeout: 50 }));
    expect(fault.message).to.contain("no end after 0.05 s");
  });

  describe("line by line", () => {
    it("gives what a command writes while it runs, and ends the command with its reader", async () => {
      connection = await SshConnection.open(server.target);
      const folder = folderWith({});
      const running = path.join(folder, "running");
      const read: string[] = [];
      for await (const line of connection.lines(`echo $$ >${running}; echo one; echo two; exec sleep 60`)) {
        read.push(line);
        if (line === "two") break;
      }
      expect(read).to.deep.equal(["one", "two"]);
      const process = Number(readFileSync(running, "utf8"));
      await until(() => !existsSync(`/proc/${process}`));
    });

    it("reads no faster than its lines are taken", async () => {
      connection = await SshConnection.open(server.target);
      const folder = folderWith({});
      const count = path.join(folder, "count");
      const command = `for i in {1..160}; do head -c 65535 /dev/zero | tr '\\0' x; echo; echo $i >${count}; done`;
      const lines = connection.lines(command);
      await lines.next();
      let written: number;
      do {
        written = Number(readFileSync(count, "utf8"));
        await setTimeout(200);
      } while (written !== Number(readFileSync(count, "utf8")));
      expect(written).to.be.lessThan(160);
      let taken = 1;
      for await (const line of lines) taken += line.length === 65_535 ? 1 : 0;
      expect(taken).to.equal(160);
    });

    it("throws the command's last words", async () => {
      connection = await SshConnection.open(server.target);
      const fault = await faultOf(all(connection.lines("echo out; echo no such unit >&2; exit 3")));
      expect(fault).to.be.instanceOf(UserError);
      expect(fault.message).to.equal("ash: no such unit");
    });

    it("tells a connection that breaks", async () => {
      connection = await SshConnection.open(server.target);
      const lines = connection.lines("echo one; exec sleep 60");
      expect((await lines.next()).value).to.equal("one");
      server.drop();
      expect((await faultOf(lines.next())).message).to.contain("cannot be reached over SSH (connection lost)");
      expect((await faultOf(all(connection.lines("echo")))).message).to.match(/cannot be reached over SSH/);
    });
  });

  it("tells a connection that breaks under a command", async () => {
    connection = await SshConnection.open(server.target);
    const running = faultOf(connection.run("sleep 5"));
    void setTimeout(50).then(() => server.drop());
    expect((await running).message).to.contain("cannot be reached over SSH (connection lost)");
  });
});
