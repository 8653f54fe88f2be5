import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { runProgram, type Run } from "../support/program";
import { scriptFiles, type ScriptFile } from "../support/scriptFiles";
import { NodeFolder } from "./support/nodeFolder";

/** Where the scripts look on a node; here, in a folder of the test's own. */
const places = ["/usr/local/lib/trivet", "/run/trivet"];
const leader = '{"role":"leader","members":["ash","birch"]}';

describe("the role rotation", function () {
  this.timeout(30_000);
  let run: Run;
  let files: Record<string, ScriptFile>;
  before(async () => {
    run = await runProgram("local");
    files = scriptFiles(run.named("ash-rotation").inputs.stdin);
  });

  let node: NodeFolder;
  const at = (name: string) => node.at(name);
  const put = (file: string, text: string) => node.put(file, text, "0755");
  const did = () => node.lines("did");
  /** A command of a test's own that notes what it is asked. */
  const fake = (file: string, answer = "") =>
    put(file, `#!/bin/bash\necho "\${0##*/} $*" >>"${at("did")}"\n${answer}\n`);
  /** How the agent answers: lines of a bash `case` over "METHOD /PATH". */
  const agent = (...cases: string[]) =>
    fake("/usr/local/lib/trivet/ask-agent", `case "$1 $2" in ${cases.map((line) => `${line} ;; `).join("")} *) echo '{}' ;; esac`);

  beforeEach(() => {
    node = new NodeFolder(places);
    node.lay(files);
    mkdirSync(at("/run/trivet/drains"), { recursive: true });
    // What it waits for, it asks again and again; here, without a wait.
    fake("bin/sleep");
    put("bin/ss", "#!/bin/bash\ntrue\n");
    fake("bin/systemctl");
    fake("bin/nginx");
    put("bin/timeout", '#!/bin/bash\nshift\nexec "$@"\n');
    agent(`"GET /status") echo '${leader.replace("leader", "follower")}'`);
  });
  afterEach(() => node.remove());

  function tool(name: string, ...args: string[]) {
    const { status, stdout, stderr } = spawnSync(at(`/usr/local/lib/trivet/${name}`), args, {
      env: { PATH: `${at("bin")}:${process.env.PATH}` },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 20_000,
    });
    return { status, stdout, stderr };
  }
  /** This node's redis is the master until it has been restarted; afterwards it is as a test says. */
  const redis = (peers: string, afterwards: string) => {
    put(
      "/usr/local/lib/trivet/redis-peers",
      `readonly self=10.22.0.3\nreadonly peers=(${peers})\nagreed_master() { if [ -e ${at("moved")} ]; then echo ${afterwards}; else echo 10.22.0.3; fi; }\n`,
    );
    fake("bin/systemctl", `touch ${at("moved")}`);
  };

  describe("leave-rotation", () => {
    it("of a node that leads nothing drains it and has its clients go", () => {
      expect(tool("leave-rotation", "operator")).to.deep.include({ status: 0, stderr: "" });
      expect(did()).to.deep.equal(["ask-agent POST /drain?by=operator&lasting=1", "ask-agent GET /status"]);
      expect(existsSync(at("/run/trivet/closing"))).to.equal(true);
    });

    it("at a shutdown holds until the next boot only, and leaves redis to its own unit", () => {
      redis("10.22.0.3 10.22.0.4", "10.22.0.4");
      expect(tool("leave-rotation", "shutdown")).to.deep.include({ status: 0 });
      expect(did()).to.deep.equal(["ask-agent POST /drain?by=shutdown", "ask-agent GET /status"]);
    });

    it("has no client's connection closed before the balancer has noticed, and waits for those that there are", () => {
      agent(`"POST /drain?by=shutdown") [ ! -e ${at("/run/trivet/closing")} ] || exit 1`);
      // One connection less every time.
      put("bin/ss", `#!/bin/bash\nleft=$(cat ${at("left")})\necho "ss $left $*" >>${at("did")}\nseq "$left"\n[ "$left" = 0 ] || echo $((left - 1)) >${at("left")}\n`);
      put("left", "3");
      expect(tool("leave-rotation", "shutdown").stdout).to.include("0 client connections are left");
      const asked = did().filter((line) => line.startsWith("ss "));
      expect(asked[0]).to.equal("ss 3 --no-header --tcp --numeric state established ( sport = :443 )");
      expect(asked.map((line) => line.split(" ")[1])).to.deep.equal(["3", "2", "1", "0", "0"]);
      expect(did()).not.to.include("nginx -s reload");
    });

    it("has nginx say goodbye to HTTP/2's clients, once HTTP/1's have gone, and waits for nobody for ever", () => {
      put("bin/ss", "#!/bin/bash\necho a connection\n");
      fake("bin/nginx", `[ -e ${at("/run/trivet/closing")} ] || echo too early >>${at("did")}; exit 1`);
      const { status, stdout } = tool("leave-rotation", "shutdown");
      expect({ status, stdout }).to.deep.equal({ status: 0, stdout: "{}\n1 client connections are left\n" });
      const half = "sleep 0.5";
      expect(did()).to.deep.equal([
        "ask-agent POST /drain?by=shutdown",
        ...new Array<string>(2 * 22).fill(half),
        "nginx -s reload",
        ...new Array<string>(2 * 8).fill(half),
        "ask-agent GET /status",
      ]);
    });

    it("of PostgreSQL's leader hands over, and tries once more when it is refused", () => {
      agent(
        `"GET /status") if [ -e ${at("given")} ]; then echo '{"role":"follower"}'; else echo '${leader}'; fi`,
        `"POST /switchover") if [ -e ${at("tried")} ]; then touch ${at("given")}; else touch ${at("tried")}; echo 'A transaction.' >&2; exit 1; fi`,
      );
      const { status, stderr } = tool("leave-rotation", "operator");
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "A transaction.\n" });
      expect(did().filter((line) => line.includes("switchover"))).to.have.length(2);
    });

    it("of a leader that nobody can follow says so, and ends all the same", () => {
      agent(`"GET /status") echo '${leader}'`, `"POST /switchover") echo 'No standby is streaming.' >&2; exit 1`);
      const { status, stderr } = tool("leave-rotation", "shutdown");
      expect(status).to.equal(1);
      expect(stderr).to.match(/No standby is streaming\.\nPostgreSQL's primary is still here\n$/);
    });

    it("of the only member does not try to hand over", () => {
      agent(`"GET /status") echo '${leader.replace(',"birch"', "")}'`);
      expect(tool("leave-rotation", "operator").status).to.equal(0);
      expect(did()).not.to.include("ask-agent POST /switchover");
    });

    it("of redis' master restarts it, so that another takes over with every write", () => {
      redis("10.22.0.3 10.22.0.4", "10.22.0.4");
      expect(tool("leave-rotation", "operator")).to.deep.include({ status: 0, stderr: "" });
      expect(did().at(-1)).to.equal("systemctl restart trivet-redis.service");
    });

    it("of a redis that has nobody else, or is no master, leaves it alone", () => {
      redis("10.22.0.3", "10.22.0.3");
      expect(tool("leave-rotation", "operator").status).to.equal(0);
      redis("10.22.0.3 10.22.0.4", "10.22.0.4");
      writeFileSync(at("moved"), "");
      expect(tool("leave-rotation", "operator").status).to.equal(0);
      expect(did()).not.to.include("systemctl restart trivet-redis.service");
    });

    it("without an agent does what is left of it at a shutdown, and nothing for an operator", () => {
      agent("*) echo 'no agent' >&2; exit 1");
      expect(tool("leave-rotation", "operator")).to.deep.include({ status: 1, stderr: "no agent\n" });
      expect(existsSync(at("/run/trivet/closing"))).to.equal(false);
      expect(tool("leave-rotation", "shutdown").status).to.equal(0);
      expect(existsSync(at("/run/trivet/closing"))).to.equal(true);
      expect(did()).to.include("sleep 9");
    });

    it("wants to know for whom", () => {
      for (const name of ["leave-rotation", "enter-rotation"]) expect(tool(name).stderr).to.include("WHO is missing");
      expect(did()).to.deep.equal([]);
    });
  });

  describe("enter-rotation", () => {
    beforeEach(() => {
      for (const flag of ["closing", "drains/shutdown", "drains/operator"]) writeFileSync(at(`/run/trivet/${flag}`), "");
    });
    const left = (flag: string) => existsSync(at(`/run/trivet/${flag}`));

    it("at a start needs no agent, and leaves others' drains", () => {
      expect(tool("enter-rotation", "shutdown")).to.deep.equal({ status: 0, stdout: "", stderr: "" });
      expect(["closing", "drains/shutdown", "drains/operator"].map(left)).to.deep.equal([false, false, true]);
      expect(did()).to.deep.equal([]);
    });

    it("has the agent take the drain back, and shows what it says", () => {
      agent(`"POST /undrain?by=operator") echo '{"drained":["shutdown"]}'`);
      expect(tool("enter-rotation", "operator")).to.deep.equal({ status: 0, stdout: '{"drained":["shutdown"]}\n', stderr: "" });
      expect(left("closing")).to.equal(false);
    });
  });

  describe("trivet-rotation.service", () => {
    it("is stopped before everything that it needs", () => {
      const unit = files["/etc/systemd/system/trivet-rotation.service"]!.content;
      const after = [...unit.matchAll(/^After=(.*)$/gm)].flatMap(([, units]) => units!.split(" "));
      expect(after).to.have.members([
        ...["network-online.target", "ssh.service", "nginx.service", "pgbouncer.service", "trivet-agent.service"],
        ...["postgresql@17-main.service", "trivet-redis.service", "trivet-sentinel.service"],
        ...["app@3001.service", "app@3002.service"],
      ]);
      expect(unit).to.match(/^ExecStop=.*leave-rotation shutdown$/m).and.to.match(/^RemainAfterExit=yes$/m);
    });

    it("comes after nginx, on every node, and is restarted by no update", () => {
      for (const node of ["ash", "birch", "cedar"]) expect(run.follows(`${node}-rotation`, `${node}-nginx`)).to.equal(true);
      expect(String(run.named("ash-rotation").inputs.stdin)).to.match(/^running trivet-rotation\.service restart$/m);
    });
  });
});
