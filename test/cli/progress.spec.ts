import { expect } from "chai";
import { UserError } from "../../cli/errors";
import { progress, step, stepOnEach } from "../../cli/progress";
import { faultOf } from "./support/sshServer";

const quiet = { quiet: true };
const nodes = [{ name: "ash" }, { name: "birch" }];

describe("progress", () => {
  it("has done every step, in order, when it resolves", async () => {
    const done: string[] = [];
    const oneByOne = { verb: "visit", order: "one by one" } as const;
    await progress(
      [
        step("first", async () => void done.push("first")),
        stepOnEach("nodes", nodes, oneByOne, async ({ name }) => void done.push(name)),
        stepOnEach("none", [], oneByOne, async () => void done.push("never")),
        step("last", async () => void done.push("last")),
      ],
      quiet,
    );
    expect(done).to.deep.equal(["first", "ash", "birch", "last"]);
  });

  it("ends at the first fault and throws that very fault", async () => {
    const done: string[] = [];
    const fault = new UserError("ash fails.");
    const visit = async ({ name }: { name: string }) => {
      done.push(name);
      return Promise.reject(fault);
    };
    const steps = [
      stepOnEach("nodes", nodes, { verb: "visit", order: "one by one" }, visit),
      step("last", async () => void done.push("last")),
    ];
    expect(await faultOf(progress(steps, quiet))).to.equal(fault);
    expect(done).to.deep.equal(["ash"]);
  });
});
