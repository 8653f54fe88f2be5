import { expect } from "chai";
import { fullName, localCommand, percentOf } from "../../../cli/commands/local";

describe("the local cloud's machines", () => {
  const names = ["trivet-local-ash", "trivet-local-birch", "trivet-other-birch"];

  it("go by their own name or their node's", () => {
    expect(fullName("ash", names)).to.equal("trivet-local-ash");
    expect(fullName("trivet-other-birch", names)).to.equal("trivet-other-birch");
  });

  const faults: [string, string[], string][] = [
    ["oak", names, '"oak" is no machine of the local cloud; it has trivet-local-ash, '],
    ["birch", names, '"birch" is more than one machine of the local cloud'],
    ["sh", names, '"sh" is no machine'],
    ["ash", [], 'The local cloud has no machines; run "npm run up" first.'],
  ];
  for (const [given, among, says] of faults) {
    it(`are told apart: ${given} of ${among.length}`, () => expect(() => fullName(given, among)).to.throw(says));
  }
});

describe("trivet local", () => {
  const run = (...words: string[]) => localCommand().parseAsync(words, { from: "user" });

  for (const words of [["cut"], ["restore"], ["cut", "ash", "--all"], ["restore", "ash", "--all"]]) {
    it(`wants to know which nodes are meant: ${words.join(" ")}`, async () => {
      const said = await run(...words).then(
        () => "nothing",
        (error: Error) => error.message,
      );
      expect(said).to.equal("Name the nodes that are meant, or say --all.");
    });
  }

  it("reads a percentage", () => expect(percentOf("50")).to.equal(50));
  for (const given of ["half", "50%", "", "1e1"]) {
    it(`reads none from "${given}"`, () => expect(() => percentOf(given)).to.throw(`"${given}" is no percentage`));
  }
});
