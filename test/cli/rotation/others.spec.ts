import { expect } from "chai";
import type { Asked } from "../../../cli/agents/agents";
import { inSentence, refuseWithoutOthers } from "../../../cli/rotation/others";
import { follower, outside } from "../support/agents";

const asked = (reports: Record<string, Asked["report"]>): Asked[] =>
  Object.entries(reports).map(([name, report]) => ({
    node: { name, publicIp: "", privateIp: "" },
    report,
    silence: report ? null : "it is away",
  }));
const old = { ...follower, health: undefined };

describe("doing without a node", () => {
  const cases: { name: string; reports: Record<string, Asked["report"]>; loosely?: string; strictly?: string }[] = [
    { name: "where all others serve", reports: { ash: follower, birch: follower, cedar: follower } },
    { name: "whatever the node itself does", reports: { ash: follower, birch: follower, cedar: null } },
    {
      name: "where some serve",
      reports: { ash: follower, birch: null, cedar: follower },
      strictly: "The others have to serve meanwhile, but birch does not answer. Mend that first, or add --force.",
    },
    {
      name: "where none serves",
      reports: { ash: outside("It is drained by operator.", ["operator"]), birch: old, cedar: follower },
      loosely:
        "No other node would serve, but ash is out of rotation (it is drained by operator) and birch's agent is too old " +
        'to tell its health (run "pulumi up"). Mend that first, or add --force.',
      strictly:
        "The others have to serve meanwhile, but ash is out of rotation (it is drained by operator) and birch's agent is " +
        'too old to tell its health (run "pulumi up"). Mend that first, or add --force.',
    },
    {
      name: "where there are no others",
      reports: { cedar: follower },
      loosely: "cedar is the only node: without it nobody serves. Add --force to do it.",
      strictly: "cedar is the only node: without it nobody serves. Add --force to do it.",
    },
  ];
  for (const { name, reports, ...refusals } of cases) {
    for (const [how, refusal] of Object.entries({ loosely: refusals.loosely, strictly: refusals.strictly })) {
      it(`${refusal ? "is refused" : "is fine"} ${name}, seen ${how}`, () => {
        const check = () => refuseWithoutOthers(asked(reports), "cedar", { strictly: how === "strictly" });
        if (refusal) expect(check).to.throw(refusal);
        else expect(check).not.to.throw();
      });
    }
  }
});

it("inSentence makes a sentence a part of another", () => {
  expect(inSentence("It serves.")).to.equal("it serves");
  expect(inSentence("")).to.equal("");
});
