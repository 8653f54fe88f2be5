import { once } from "node:events";
import { appendFileSync, chmodSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { follow } from "../../../cli/logs/follow";
import { NodeLog } from "../../../cli/logs/nodeLog";
import { past } from "../../../cli/logs/past";
import { whereAre } from "../../../cli/logs/services";
import { splitLines } from "../../../cli/lines";
import { SshConnection } from "../../../cli/ssh";
import { folderWith } from "../support/folder";
import { endOf, start } from "../support/programs/start";
import { serveSsh, type TestServer } from "../support/sshServer";
import { all } from "../support/streams";
import { until } from "../../support/until";

/** Answers as journalctl does, out of the file "journal" beside it. */
const journalctl = `#!/bin/bash
journal=\${0%/*}/journal from=+1 follow=
for word; do
  case $word in
    --after-cursor=*) from=+$(($(grep -n "\\"__CURSOR\\":\\"\${word#*=}\\"" "$journal" | cut -d : -f 1) + 1)) ;;
    --lines=*) from=\${word#*=} ;;
    --follow) follow=--follow ;;
  esac
done
exec tail $follow -n "$from" "$journal"
`;

/** A node with a journal of its own. */
async function logged(name: string) {
  const folder = folderWith({ journalctl, journal: "" });
  chmodSync(path.join(folder, "journalctl"), 0o755);
  const server = await serveSsh(name, ["env", `PATH=${folder}:${process.env.PATH}`, "bash", "-c"]);
  const line = (time: number, text: string) =>
    `${JSON.stringify({ __CURSOR: `c${time}`, __REALTIME_TIMESTAMP: `${time}000`, MESSAGE: text, _SYSTEMD_UNIT: "app@3001.service" })}\n`;
  return {
    ...server,
    log: () => new NodeLog(name, whereAre(["app"]), () => SshConnection.open(server.target)),
    writes: (...times: number[]) =>
      appendFileSync(path.join(folder, "journal"), times.map((time) => line(time, `${name} ${time}`)).join("")),
    breaks: () => writeFileSync(path.join(folder, "journalctl"), "#!/bin/bash\necho no journal >&2; exit 1\n"),
  };
}

describe("the nodes' logs", () => {
  let ash: Awaited<ReturnType<typeof logged>>;
  let birch: Awaited<ReturnType<typeof logged>>;
  let servers: TestServer[];

  beforeEach(async () => {
    [ash, birch] = await Promise.all([logged("ash"), logged("birch")]);
    servers = [ash, birch];
  });
  afterEach(() => servers.forEach((server) => server.close()));

  const messages = (entries: { message: string }[]) => entries.map(({ message }) => message);

  it("are read in one order", async () => {
    ash.writes(1, 4);
    birch.writes(2, 3, 5);
    const complaints: unknown[] = [];
    const entries = await all(past([ash.log(), birch.log()], {}, (fault) => complaints.push(fault)));
    expect(messages(entries)).to.deep.equal(["ash 1", "birch 2", "birch 3", "ash 4", "birch 5"]);
    expect(complaints).to.deep.equal([]);
  });

  it("are read of the other nodes where one cannot be reached or does not tell", async () => {
    ash.writes(1);
    birch.breaks();
    const lost = new NodeLog("oak", whereAre(["app"]), () => Promise.reject(new Error("oak is away")));
    const complaints: string[] = [];
    const entries = await all(
      past([ash.log(), birch.log(), lost], {}, (fault) => complaints.push((fault as Error).message)),
    );
    expect(messages(entries)).to.deep.equal(["ash 1"]);
    expect(complaints).to.have.members(["birch: no journal", "oak is away"]);
  });

  it("are followed over a node that goes and comes, without a gap and nothing twice", async () => {
    const logs = [ash.log(), birch.log()];
    ash.writes(1);
    await all(past(logs, { lines: 10 }, (fault) => expect.fail(String(fault))));
    const ended = new AbortController();
    const [read, said]: [string[], string[]] = [[], []];
    const put = ({ message }: { message: string }) => Promise.resolve(void read.push(message));
    const say = (sentence: string) => void said.push(sentence);
    const following = follow(logs, { range: { lines: 10 }, put, say, ended: ended.signal, pause: 10 });
    ash.writes(2);
    birch.writes(3);
    await until(() => read.length === 2);
    birch.drop();
    await until(() => said.length > 0);
    birch.writes(4, 5);
    await until(() => read.length === 4);
    ended.abort();
    await following;
    expect(read).to.have.members(["ash 2", "birch 3", "birch 4", "birch 5"]);
    expect(said).to.have.length(2);
    expect(said[0]).to.match(/^birch \(.*connection lost.*\. What birch writes meanwhile follows when it is back\.$/);
    expect(said[1]).to.equal("birch is back.");
  });

  describe("printed by a process", function () {
    this.timeout(30_000);
    const print = (following: boolean, range = {}) =>
      start("logs", JSON.stringify({ targets: servers.map(({ target }) => target), range, following }));
    const texts = (stdout: string) =>
      stdout.split("\n").flatMap((line) => (line ? [(JSON.parse(line) as { message: string }).message] : []));

    it("are the latest of all nodes together", async () => {
      ash.writes(1, 4);
      birch.writes(2, 3);
      const { code, stdout, stderr } = await endOf(print(false, { lines: 2 }));
      expect({ code, stderr, read: texts(stdout) }).to.deep.equal({ code: 0, stderr: "", read: ["birch 3", "ash 4"] });
    });

    it("make the exit code 1 where a node is missing, and say which", async () => {
      ash.writes(1);
      birch.close();
      const { code, stdout, stderr } = await endOf(print(false));
      expect({ code, read: texts(stdout) }).to.deep.equal({ code: 1, read: ["ash 1"] });
      expect(stderr).to.match(/^trivet: birch \(127\.0\.0\.1\) cannot be reached over SSH/);
    });

    it("end quietly when nobody reads them any more", async () => {
      ash.writes(...Array.from({ length: 5_000 }, (_, at) => at));
      const child = print(false);
      child.stdout.once("data", () => child.stdout.destroy());
      const [, stderr] = await Promise.all([once(child, "exit"), text(child.stderr)]);
      expect({ code: child.exitCode, stderr }).to.deep.equal({ code: 0, stderr: "" });
    });

    it("are followed until Ctrl-C", async () => {
      ash.writes(1);
      const child = print(true, { lines: 10 });
      const lines = splitLines(child.stdout);
      const next = async () => (JSON.parse(String((await lines.next()).value)) as { message: string }).message;
      expect(await next()).to.equal("ash 1");
      birch.writes(2);
      expect(await next()).to.equal("birch 2");
      child.kill("SIGINT");
      const { code, stderr } = await endOf(child);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    });
  });
});
