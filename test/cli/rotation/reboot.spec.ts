import { expect } from "chai";
import { lacking, until } from "../../../cli/rotation/reboot";
import type { Observed } from "../../../cli/status/problems";
import { nothingKnown } from "../../../cli/status/report";
import { follower, outside } from "../support/agents";
import { faultOf } from "../support/sshServer";

const well: Observed = {
  ...{ name: "cedar", publicIp: "203.0.113.10", privateIp: "10.0.0.2", balancer: true },
  postgres: { role: "standby", timeline: 1, lagBytes: 100 },
  agent: follower,
  redis: { role: "replica" },
  app: { release: "r1", healthy: true },
  ...{ memory: null, disk: { percent: 99 }, certificateDays: 1, siteCertificateDays: 1 },
};

describe("what a rebooted node lacks", () => {
  const before = { drained: false, app: true };
  const cases: { name: string; node: Partial<Observed>; before?: Partial<typeof before>; lacks: string[] }[] = [
    { name: "nothing, though other things are wrong with it", node: {}, lacks: [] },
    { name: "its voice", node: { ...nothingKnown, unreachable: "no" }, lacks: ["it does not answer"] },
    { name: "its agent", node: { agent: null }, lacks: ["its agent does not answer"] },
    { name: "PostgreSQL", node: { postgres: null }, lacks: ["PostgreSQL does not answer"] },
    {
      name: "a stream",
      node: { postgres: { role: "standby", timeline: 1, lagBytes: null } },
      lacks: ["the standby is not streaming"],
    },
    { name: "nothing, as the primary", node: { postgres: { role: "primary", timeline: 2, lagBytes: 0 } }, lacks: [] },
    { name: "redis", node: { redis: null }, lacks: ["redis does not answer"] },
    {
      name: "nothing of a store, without data",
      node: { postgres: null, redis: null, agent: { ...follower, data: false } },
      lacks: [],
    },
    {
      name: "a way to the stores",
      node: { agent: { ...follower, health: { ...follower.health, database: false, redis: false } } },
      lacks: ["it has no way to the primary", "it has no way to redis' master"],
    },
    {
      name: "a worker",
      node: { app: { release: "r1", healthy: false } },
      lacks: ["not all its workers are well"],
    },
    { name: "its release", node: { app: null }, lacks: ["not all its workers are well"] },
    { name: "no release, where there was none", node: { app: null }, before: { app: false }, lacks: [] },
    { name: "the rotation", node: { agent: outside("It has not looked yet.") }, lacks: ["it has not looked yet"] },
    { name: "no rotation, where it was drained", node: { agent: outside("x") }, before: { drained: true }, lacks: [] },
    {
      name: "the rotation, with an older agent",
      node: { balancer: false, agent: { ...follower, health: undefined } },
      lacks: ["its health check fails"],
    },
  ];
  for (const { name, node, before: changed, lacks } of cases) {
    it(`is ${name}`, () => expect(lacking({ ...well, ...node }, { ...before, ...changed })).to.deep.equal(lacks));
  }
});

describe("until", () => {
  it("asks until nothing is lacking, and reports what is", async () => {
    const answers = [["redis does not answer", "x"], ["x"], []];
    const reported: string[] = [];
    const ask = () => Promise.resolve(answers.shift()!);
    await until("cedar", ask, (line) => reported.push(line), { until: Infinity, pause: 1 });
    expect(reported).to.deep.equal(["redis does not answer and x", "x"]);
  });

  it("gives up with what is lacking", async () => {
    const ask = () => Promise.resolve(["redis does not answer"]);
    const fault = await faultOf(until("cedar", ask, () => undefined, { until: 0, pause: 1 }));
    expect(fault.message).to.equal(
      'cedar was rebooted and is not well in time: redis does not answer. "npx trivet status" says more.',
    );
  });
});
