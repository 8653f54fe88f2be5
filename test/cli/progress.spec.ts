import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { expect } from "chai";
import { UserError } from "../../cli/errors";
import { progress, step, stepOnEach } from "../../cli/progress";
import { faultOf } from "./support/sshServer";

const quiet = { quiet: true };
const nodes = [{ name: "ash" }, { name: "birch" }];

/** Work that notes its name. */
const noting = (done: string[], name: string) => (): Promise<void> => {
  done.push(name);
  return Promise.resolve();
};

describe("progress", () => {
  it("has done every step, in order, when its run ends", async () => {
    const done: string[] = [];
    const oneByOne = { verb: "visit", order: "one by one" } as const;
    await progress(
      [
        step("first", noting(done, "first")),
        stepOnEach("nodes", nodes, oneByOne, ({ name }) => noting(done, name)()),
        stepOnEach("none", [], oneByOne, noting(done, "never")),
        step("last", noting(done, "last")),
      ],
      quiet,
    ).run();
    expect(done).to.deep.equal(["first", "ash", "birch", "last"]);
  });

  it("ends at the first fault and throws that very fault", async () => {
    const done: string[] = [];
    const fault = new UserError("ash fails.");
    const visit = ({ name }: { name: string }) => {
      done.push(name);
      return Promise.reject(fault);
    };
    const steps = [
      stepOnEach("nodes", nodes, { verb: "visit", order: "one by one" }, visit),
      step("last", noting(done, "last")),
    ];
    expect(await faultOf(progress(steps, quiet).run())).to.equal(fault);
    expect(done).to.deep.equal(["ash"]);
  });
});

describe("progress beside what a program reads", function () {
  this.timeout(30_000);

  it("leaves standard output alone", () => {
    const program = `
      const { progress, step } = require("./cli/progress");
      const work = (report) => { report("at it"); return Promise.resolve(); };
      progress([step("the work", work)], { aside: true }).run().then(() => process.stdout.write("{}"));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--eval", program], {
      cwd: path.resolve(__dirname, "../.."),
      encoding: "utf8",
    });
    expect(stdout).to.equal("{}");
    expect(stderr).to.contain("the work");
  });
});
