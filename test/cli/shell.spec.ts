import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { commandLine, exportLines } from "../../cli/shell";

const awkward = ["", "plain", "two words", "it's", '$HOME `id` \\ "', "line\nline", "-n", "ü*?"];

describe("the shell", () => {
  it("reads a command line back word by word", () => {
    const output = execFileSync("bash", ["-c", commandLine("printf", "%s\\0", ...awkward)]).toString();
    expect(output.split("\0").slice(0, -1)).to.deep.equal(awkward);
  });

  it("evaluates export lines to what they were made of", () => {
    const environment = Object.fromEntries(awkward.map((value, index) => [`TRIVET_TEST_${index}`, value]));
    const print = "process.stdout.write(JSON.stringify(process.env))";
    const output = execFileSync("bash", ["-c", `eval "$1"; node -e '${print}'`, "bash", exportLines(environment)]);
    expect(JSON.parse(output.toString())).to.include(environment);
  });
});
