import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock, type Clock } from "../../../agent/clock";
import { Server } from "../../../agent/postgres/server";

/** A hundred times as fast as the real one. */
const fast: Clock = { now: () => performance.now() * 100, sleep: (milliseconds) => pause(milliseconds / 100) };

describe("PostgreSQL's processes", () => {
  let folder: string;
  let postmaster: ChildProcess;
  let asked: string[];

  /** A process that nothing but a kill ends. */
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "trivet-postmaster-"));
    asked = [];
    const deaf =
      'process.on("SIGQUIT", () => {}).on("SIGINT", () => {}); console.log("ready"); setInterval(() => {}, 1e6)';
    postmaster = spawn(process.execPath, ["-e", deaf, "postgres"], { stdio: ["ignore", "pipe", "ignore"] });
    await once(postmaster.stdout!, "data");
    writeFileSync(path.join(folder, "postmaster.pid"), `${postmaster.pid}\n/var/lib/postgresql\n`);
  });
  afterEach(() => {
    postmaster.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  const server = (answers: () => Promise<void>, clock = fast) =>
    new Server(
      clock,
      (...words) => {
        asked.push(words.join(" "));
        return answers();
      },
      path.join(folder, "postmaster.pid"),
    );

  it("are killed when they do not end by themselves", async () => {
    const killed = server(() => {
      postmaster.kill("SIGKILL");
      return Promise.resolve();
    }, systemClock);
    expect(await killed.runs()).to.equal(true);
    await killed.stop("immediate");
    expect(asked).to.deep.equal(["kill --signal=KILL"]);
    expect(await killed.runs()).to.equal(false);
  });

  // A frozen disk had sudo hang, and with it the agent, which no longer showed clients the way to the next primary.
  it("are nobody's to wait for when the command that kills hangs, too", async () => {
    const hanging = server(() => new Promise(() => undefined));
    await hanging.stop("immediate");
    await hanging.stop("immediate");
    expect(asked, "only one hangs").to.deep.equal(["kill --signal=KILL"]);
    expect(await hanging.runs()).to.equal(true);
  });

  it("are nobody's to wait for when the kill is refused", async () => {
    await server(() => Promise.reject(new Error("no"))).stop("fast");
    expect(asked).to.deep.equal(["kill --signal=KILL"]);
  });
});
