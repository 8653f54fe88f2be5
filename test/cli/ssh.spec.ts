import { Readable } from "node:stream";
import { expect } from "chai";
import { UserError } from "../../cli/errors";
import { SshConnection } from "../../cli/ssh";
import { faultOf, serveSsh, type TestServer } from "./support/sshServer";
import { sshKeys } from "../support/sshKeys";

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

  it("tells a connection that breaks under a command", async () => {
    connection = await SshConnection.open(server.target);
    const running = faultOf(connection.run("sleep 5"));
    setTimeout(() => server.drop(), 50);
    expect((await running).message).to.contain("cannot be reached over SSH (connection lost)");
  });
});
