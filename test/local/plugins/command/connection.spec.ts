import { expect } from "chai";
import { once } from "node:events";
import { connect as tcp, createServer, type AddressInfo, type Socket } from "node:net";
import { connect } from "../../../../local/plugins/command/connection";
import { Output } from "../../../../local/plugins/command/output";
import { finished } from "../../../../local/plugins/command/session";
import { call } from "../support/call";
import { SshServer } from "../support/sshServer";

describe("the stand-in for command: connections", () => {
  const server = new SshServer();
  const ends: Socket[] = [];
  let port = 0;
  let silent = false;

  /** What goes to and from the server passes here, until it is lost without a word, as with a machine's power. */
  const wire = createServer((near) => {
    const far = tcp(port, "127.0.0.1");
    ends.push(near, far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const)
      from.on("error", () => undefined).on("data", (chunk) => void (silent || to.write(chunk)));
  });

  before(async () => {
    port = await server.start();
    await once(wire.listen(0, "127.0.0.1"), "listening");
  });
  after(async () => {
    for (const end of ends) end.destroy();
    wire.close();
    await server.stop();
  });

  const through = (asking: { keepaliveInterval: number; keepaliveCountMax: number }) =>
    connect(
      {
        ...{ host: "127.0.0.1", port: (wire.address() as AddressInfo).port, user: "root", dialErrorLimit: 0 },
        ...{ privateKey: server.userKey.privateKey, hostKey: server.hostKey.publicKey },
      },
      call(),
      asking,
    );

  it("outlive a command that says nothing for longer than is asked after", async () => {
    const client = await through({ keepaliveInterval: 50, keepaliveCountMax: 2 });
    const end = await finished(client, "sleep 1", {}, "", new Output(call(), "none"), new AbortController().signal);
    expect(end.code).to.equal(0);
    client.end();
  });

  it("end when the machine has lost its power, and the command is told", async () => {
    const client = await through({ keepaliveInterval: 50, keepaliveCountMax: 2 });
    const output = new Output(call(), "none");
    const running = finished(client, "sleep 60", {}, "", output, new AbortController().signal);
    silent = true;
    expect(await running.then(String, String)).to.match(/the connection was lost before the command ended/);
  });
});
