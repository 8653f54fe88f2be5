import { expect } from "chai";
import { leaderOf, type AgentReport, type Asked } from "../../../cli/agents/agents";
import { whomToForce } from "../../../cli/agents/force";

const standby = (dataTerm: number, position: string): AgentReport => ({
  ...{
    data: true,
    role: "follower",
    term: 3,
    leader: null,
    lease: false,
    members: ["ash", "birch", "cedar"],
    problems: [],
  },
  postgres: { state: "standby", dataTerm, position },
});
const asked = (name: string, report: AgentReport | null): Asked => ({
  node: { name, publicIp: "203.0.113.1", privateIp: "10.0.0.1" },
  report,
  silence: report ? null : `${name} cannot be reached`,
});

describe("whom to make the primary by force", () => {
  const cases: { name: string; asked: Asked[]; wanted?: string; is: string }[] = [
    {
      name: "the only one left",
      asked: [asked("ash", null), asked("birch", standby(2, "0/5")), asked("cedar", null)],
      is: "birch",
    },
    {
      name: "the one with more data",
      asked: [asked("birch", standby(2, "0/5")), asked("cedar", standby(2, "0/6"))],
      is: "cedar",
    },
    {
      name: "a later leader's data before more of an earlier one's",
      asked: [asked("birch", standby(3, "0/5")), asked("cedar", standby(2, "1/0"))],
      is: "birch",
    },
    {
      name: "whom the operator wants",
      asked: [asked("birch", standby(3, "0/5")), asked("cedar", standby(2, "1/0"))],
      wanted: "cedar",
      is: "cedar",
    },
  ];
  for (const { name, asked, wanted, is } of cases)
    it(`is ${name}`, () => expect(whomToForce(asked, wanted)).to.equal(is));

  it("is nobody while a majority confirms a primary", () => {
    const leader: AgentReport = { ...standby(3, "0/5"), role: "leader", lease: true };
    const nodes = [asked("ash", leader), asked("birch", standby(3, "0/5"))];
    expect(leaderOf(nodes)?.node.name).to.equal("ash");
    expect(() => whomToForce(nodes)).to.throw(
      "ash is the primary, and a majority confirms it; there is nothing to force.",
    );
  });

  it("is nobody whose standby does not answer", () => {
    const down: AgentReport = { ...standby(3, "0/5"), postgres: { state: "down", dataTerm: null, position: null } };
    expect(() => whomToForce([asked("ash", null), asked("birch", down)])).to.throw(
      "No node answers with a standby that could be made the primary. ash cannot be reached.",
    );
    expect(() => whomToForce([asked("ash", standby(1, "0/1")), asked("birch", down)], "birch")).to.throw(
      "birch has no standby that answers; ash has.",
    );
  });
});
