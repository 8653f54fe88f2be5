import { expect } from "chai";
import type { Asked } from "../../../cli/agents/agents";
import { leastBusy } from "../../../cli/sessions/nodes";
import { follower } from "../support/agents";

const asked = (name: string, report: Asked["report"]): Asked => ({
  node: { name, publicIp: "", privateIp: "" },
  report,
  silence: null,
});
const leader = { ...follower, role: "leader", lease: true } as const;

describe("a command's node", () => {
  const cases: [string, Asked[], string | undefined][] = [
    [
      "the first that is not the primary's",
      [asked("ash", leader), asked("birch", null), asked("cedar", follower)],
      "cedar",
    ],
    ["the primary's, where no other answers", [asked("ash", leader), asked("birch", null)], "ash"],
    ["none, where none answers", [asked("ash", null)], undefined],
  ];
  for (const [name, nodes, wanted] of cases) {
    it(`is ${name}`, () => expect(leastBusy(nodes)?.node.name).to.equal(wanted));
  }
});
