import { expect } from "chai";
import { difference } from "../../../../local/plugins/frame/diff";
import { remoteCommand, type Inputs } from "../../../../local/plugins/command/remoteCommand";
import { call } from "../support/call";
import { SshServer, sshKey } from "../support/sshServer";
import { until } from "../../../support/until";

describe("the stand-in for command: remote commands", () => {
  const server = new SshServer(/^(LANG|APP_.*|PULUMI_COMMAND_STDOUT)$/);
  let port = 0;

  before(async () => {
    port = await server.start();
  });
  after(() => server.stop());

  function inputs(more: Partial<Inputs> = {}): Inputs {
    const connection = {
      host: "127.0.0.1",
      port,
      user: "root",
      privateKey: server.userKey.privateKey,
      hostKey: server.hostKey.publicKey,
      dialErrorLimit: 0,
    };
    return { connection, logging: "stdoutAndStderr", ...more };
  }

  it("runs create with its input and keeps the output without its last line's end", async () => {
    const recorded = call();
    const made = await remoteCommand.create(inputs({ create: "cat; echo oops >&2", stdin: "one\ntwo\n" }), recorded);
    expect(made.id).to.match(/^thing[0-9a-f]{8}$/);
    expect(made.state).to.include({ stdout: "one\ntwo", stderr: "oops" });
    expect(recorded.shown).to.have.members(["one", "two", "oops"]);
  });

  it("closes the connection when it is done", async () => {
    await remoteCommand.create(inputs({ create: "true" }), call());
    await until(() => server.open.size === 0);
  });

  it("connects to nobody without a command", async () => {
    const before = server.made;
    const made = await remoteCommand.create(inputs({ delete: "echo bye" }), call());
    expect(made.state).to.include({ stdout: "", stderr: "" });
    expect(server.made).to.equal(before);
  });

  it("runs update on an update, create where there is none, and delete at the end", async () => {
    const { id, state } = await remoteCommand.create(inputs({ create: "echo created" }), call());
    const updated = await remoteCommand.update?.(
      id,
      state,
      inputs({ create: "echo created", update: "echo updated" }),
      call(),
    );
    expect(updated?.stdout).to.equal("updated");
    const again = await remoteCommand.update?.(id, state, inputs({ create: "echo again" }), call());
    expect(again?.stdout).to.equal("again");
    const recorded = call();
    await remoteCommand.delete?.(id, { ...state, ...inputs({ delete: "echo deleted" }) }, recorded);
    expect(recorded.shown).to.deep.equal(["deleted"]);
  });

  it("replaces for a trigger and updates for everything else", () => {
    const old = { create: "a", triggers: ["1"], connection: { host: "a", port: 22 } };
    const replaces = (news: object) =>
      difference(remoteCommand.inputs, old, old, { ...old, ...news }).map(({ path, replace }) => [path, replace]);
    expect(replaces({ triggers: ["2"] })).to.deep.equal([["triggers[0]", true]]);
    expect(replaces({ connection: { host: "b", port: 22 } })).to.deep.equal([["connection.host", false]]);
    expect(replaces({ stdin: "x" })).to.deep.equal([["stdin", false]]);
  });

  it("refuses a server that shows another host key", async () => {
    const pinned = inputs({ create: "echo reached" });
    pinned.connection.hostKey = sshKey().publicKey;
    const recorded = call();
    const fault = await remoteCommand.create(pinned, recorded).catch(String);
    expect(fault).to.match(
      /could not connect to root@127\.0\.0\.1:\d+: .*host key mismatch: the server shows ssh-ed25519 SHA256:/,
    );
    expect(recorded.shown).not.to.include("reached");
  });

  it("refuses a host key that is none", async () => {
    const wrong = inputs({ create: "true" });
    wrong.connection.hostKey = "nonsense";
    expect(await remoteCommand.create(wrong, call()).catch(String)).to.contain(
      "connection.hostKey must be a line like",
    );
  });

  it("tells in an error how the command ended and all it wrote, but neither its input nor the key", async () => {
    const script = inputs({ create: "echo out; echo err >&2; cat >/dev/null; exit 3", stdin: "the password" });
    const fault = await remoteCommand.create(script, call()).catch(String);
    expect(fault).to.contain("Process exited with status 3: running").and.contain("out\n").and.contain("err\n");
    expect(fault).not.to.contain("the password");
    expect(fault).not.to.contain("PRIVATE KEY");
  });

  it("keeps output off the screen when told to", async () => {
    const recorded = call();
    const { state } = await remoteCommand.create(inputs({ create: "echo hidden", logging: "none" }), recorded);
    expect(state.stdout).to.equal("hidden");
    expect(recorded.shown).to.deep.equal([]);
  });

  it("is not stopped by a line of a megabyte", async () => {
    const { state } = await remoteCommand.create(
      inputs({ create: "head -c 1048576 /dev/zero | tr '\\0' x; echo" }),
      call(),
    );
    expect(state.stdout).to.have.length(1048576);
  });

  it("hands over the environment, and fails where the server refuses it", async () => {
    const accepted = await remoteCommand.create(
      inputs({ create: 'echo "$APP_NAME"', environment: { APP_NAME: "it's $ok" } }),
      call(),
    );
    expect(accepted.state.stdout).to.equal("it's $ok");
    const recorded = call();
    const refused = inputs({ create: "echo reached", environment: { SECRET_TOKEN: "hidden" } });
    expect(await remoteCommand.create(refused, recorded).catch(String)).to.contain(
      'could not set environment variable "SECRET_TOKEN"',
    );
    expect(recorded.shown.join()).to.contain("AcceptEnv").and.not.contain("reached");
  });

  it("gives an update what came out before, unless told not to", async () => {
    const show = 'echo "before:$PULUMI_COMMAND_STDOUT"';
    const { id, state } = await remoteCommand.create(inputs({ create: "echo first" }), call());
    expect((await remoteCommand.update?.(id, state, inputs({ update: show }), call()))?.stdout).to.equal(
      "before:first",
    );
    const without = inputs({ update: show, addPreviousOutputInEnv: false });
    expect((await remoteCommand.update?.(id, state, without, call()))?.stdout).to.equal("before:");
  });

  it("tries again until the server is there", async () => {
    const late = new SshServer();
    const latePort = await late.start();
    await late.stop();
    const patient = inputs({ create: "echo there" });
    const { userKey, hostKey } = late;
    Object.assign(patient.connection, {
      port: latePort,
      privateKey: userKey.privateKey,
      hostKey: hostKey.publicKey,
      dialErrorLimit: 20,
    });
    const recorded = call();
    const creation = remoteCommand.create(patient, recorded);
    await until(() => recorded.shown.length > 0);
    await late.start(latePort);
    expect((await creation).state.stdout).to.equal("there");
    expect(recorded.shown[0]).to.match(/^Dial 1\/20 failed: .*ECONNREFUSED.*: retrying$/);
    await late.stop();
  });

  it("gives up after the last allowed attempt", async () => {
    const wrong = inputs({ create: "true" });
    wrong.connection.port = 1;
    wrong.connection.dialErrorLimit = 2;
    const recorded = call();
    expect(await remoteCommand.create(wrong, recorded).catch(String)).to.contain(
      "could not connect to root@127.0.0.1:1",
    );
    expect(recorded.shown).to.have.length(3);
  });

  it("ends a running command when interrupted", async () => {
    const recorded = call();
    const creation = remoteCommand.create(inputs({ create: "echo started; exec sleep 60" }), recorded);
    await until(() => recorded.shown.includes("started"));
    recorded.interrupt();
    expect(await creation.catch(String)).to.equal("Error: interrupted");
  });
});
