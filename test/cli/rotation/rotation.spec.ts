import { chmodSync, existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { beginReboot, bootId } from "../../../cli/rotation/reboot";
import { rotate } from "../../../cli/rotation/rotation";
import { folderWith } from "../support/folder";
import { faultOf, serveSsh, type TestServer } from "../support/sshServer";

describe("a node's rotation and reboot, over SSH", () => {
  let server: TestServer | undefined;
  afterEach(() => server?.close());

  /** A node on which this answers every command, and the commands that it was given. */
  const answering = async (answer: string) => {
    const folder = folderWith({ shell: `#!/bin/bash\necho "$1" >>"\${0%/*}/asked"\n${answer}\n` });
    chmodSync(path.join(folder, "shell"), 0o755);
    server = await serveSsh("cedar", [path.join(folder, "shell")]);
    const file = path.join(folder, "asked");
    return { server, asked: () => readFileSync(file, "utf8"), wasAsked: () => existsSync(file) };
  };

  it("is changed by the node's own scripts, in the operator's name", async () => {
    const { server, asked } = await answering("echo done");
    await rotate(server.target, "leave");
    await rotate(server.target, "enter");
    expect(asked()).to.equal(
      "/usr/local/lib/trivet/leave-rotation operator\n/usr/local/lib/trivet/enter-rotation operator\n",
    );
  });

  it("fails with the script's last words", async () => {
    const { server } = await answering("echo cannot move the primary >&2; exit 1");
    expect(await faultOf(rotate(server.target, "leave"))).to.include({
      message:
        "cedar: /usr/local/lib/trivet/leave-rotation failed; its last lines are below, " +
        'and "npx trivet status" says where the node is now.',
      details: "cannot move the primary",
    });
  });

  it("says what to do where there is no such script", async () => {
    const { server } = await answering("exit 127");
    const { message } = await faultOf(rotate(server.target, "enter"));
    expect(message).to.equal(
      'cedar has no /usr/local/lib/trivet/enter-rotation yet; run "pulumi up", which installs it.',
    );
  });

  it("tells one boot from the other", async () => {
    const { server } = await answering("echo 3f1c");
    expect(await bootId(server.target)).to.equal("3f1c");
  });

  it("takes a node that is gone before it answers for one that reboots", async () => {
    const { server, asked, wasAsked } = await answering("exec sleep 60");
    const begun = beginReboot({ ...server.target });
    // Not before it was asked to.
    const drop = setInterval(() => wasAsked() && server.drop(), 200);
    await begun.finally(() => clearInterval(drop));
    expect(asked()).to.equal("systemctl reboot\n");
  });

  it("says why a node does not reboot", async () => {
    const { server } = await answering("echo Access denied >&2; exit 1");
    expect((await faultOf(beginReboot(server.target))).message).to.equal("cedar does not reboot: Access denied");
  });
});
