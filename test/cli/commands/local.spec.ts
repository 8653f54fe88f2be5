import { expect } from "chai";
import { fullName } from "../../../cli/commands/local";

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
