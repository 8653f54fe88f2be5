import { expect } from "chai";
import { problemsOf, type Observed } from "../../../cli/status/problems";
import { nothingKnown } from "../../../cli/status/report";
import { statusTable } from "../../../cli/status/table";
import { noBackups } from "../../../cli/status/report";
import { follower, outside } from "../support/agents";

const sound: Omit<Observed, "name" | "postgres" | "redis"> = {
  publicIp: "203.0.113.10",
  privateIp: "10.0.0.2",
  balancer: true,
  agent: follower,
  app: { release: "r1", healthy: true },
  memory: { usedMiB: 400, totalMiB: 1024 },
  disk: { percent: 85 },
  certificateDays: 14,
  siteCertificateDays: 14,
};

const cluster = (changes: Record<string, Partial<Observed>> = {}): Observed[] => [
  {
    ...sound,
    name: "ash",
    postgres: { role: "primary", timeline: 1, lagBytes: 0 },
    agent: { ...follower, role: "leader", lease: true },
    redis: { role: "master" },
    ...changes.ash,
  },
  {
    ...sound,
    name: "birch",
    postgres: { role: "standby", timeline: 1, lagBytes: 0 },
    redis: { role: "replica" },
    ...changes.birch,
  },
];

describe("the status's problems", () => {
  const standby = { role: "standby", timeline: 1, lagBytes: 0 } as const;
  const primary = { role: "primary", timeline: 2, lagBytes: 0 } as const;
  const cases: { name: string; changes: Record<string, Partial<Observed>>; problems: string[] }[] = [
    { name: "a healthy cluster, just within its limits", changes: {}, problems: [] },
    {
      name: "a node that cannot be reached, and nothing more about it",
      changes: { birch: { ...nothingKnown, unreachable: "birch cannot be reached." } },
      problems: ["birch cannot be reached."],
    },
    {
      name: "no node that can be reached",
      changes: {
        ash: { ...nothingKnown, unreachable: "ash cannot be reached." },
        birch: { ...nothingKnown, unreachable: "birch cannot be reached." },
      },
      problems: ["ash cannot be reached.", "birch cannot be reached."],
    },
    {
      name: "no primary",
      changes: { ash: { postgres: standby } },
      problems: [
        "No node that answers is PostgreSQL's primary; one is elected as soon as a majority of the data nodes is up. " +
          'If the others are lost for good: "npx trivet force-primary --accept-data-loss".',
      ],
    },
    {
      name: "two primaries",
      changes: { birch: { postgres: primary } },
      problems: [
        "ash and birch are both PostgreSQL primaries. ash is confirmed by a majority; " +
          "birch can acknowledge no write and should end by itself within seconds.",
      ],
    },
    {
      name: "an agent that has something to say",
      changes: { birch: { agent: { ...follower, problems: ["PostgreSQL does not start"] } } },
      problems: ["birch: PostgreSQL does not start."],
    },
    {
      name: "an agent that does not answer",
      changes: { birch: { agent: null } },
      problems: ["birch: the agent does not answer; journalctl -u trivet-agent says why."],
    },
    {
      name: "a node without data",
      changes: { birch: { postgres: null, redis: null, agent: { ...follower, data: false } } },
      problems: [],
    },
    {
      name: "a standby that is not streaming",
      changes: { birch: { postgres: { ...standby, lagBytes: null } } },
      problems: ["birch: the standby is not streaming."],
    },
    {
      name: "PostgreSQL down on a standby",
      changes: { birch: { postgres: null } },
      problems: ["birch: PostgreSQL does not answer."],
    },
    {
      name: "redis without a master",
      changes: { ash: { redis: { role: "replica" } } },
      problems: ["No node that answers is redis's master."],
    },
    {
      name: "two redis masters",
      changes: { birch: { redis: { role: "master" } } },
      problems: ["ash and birch are both redis masters."],
    },
    { name: "redis down", changes: { birch: { redis: null } }, problems: ["birch: redis does not answer."] },
    {
      name: "an application that fails",
      changes: { birch: { app: { release: "r1", healthy: false } } },
      problems: ["birch: the application's release r1 is not healthy."],
    },
    {
      name: "no application",
      changes: { birch: { app: null } },
      problems: ['birch: no release is there; run "npx trivet deploy DIR".'],
    },
    {
      name: "different releases",
      changes: { birch: { app: { release: "r2", healthy: true } } },
      problems: ["The nodes run different releases (r1 and r2); deploy again."],
    },
    {
      name: "a node out of the balancer",
      changes: { ash: { balancer: false } },
      problems: ["ash: the load balancer's health check fails."],
    },
    {
      name: "a node out of rotation, by its agent's word",
      changes: {
        ash: { balancer: false, agent: { ...outside("None of its workers is alive."), role: "leader", lease: true } },
      },
      problems: ["ash: out of rotation: none of its workers is alive."],
    },
    {
      name: "a node that would be in rotation, but does not answer the balancer",
      changes: { birch: { balancer: false, agent: { ...follower } } },
      problems: ["birch: the load balancer's health check fails."],
    },
    {
      name: "an older agent, which does not tell",
      changes: { birch: { balancer: false, agent: { ...follower, health: undefined } } },
      problems: ["birch: the load balancer's health check fails."],
    },
    {
      name: "a node that an operator drained, and nothing more about that",
      changes: { birch: { balancer: false, agent: outside("It is drained by operator.", ["operator"]) } },
      problems: ['birch: drained by an operator; "npx trivet undrain birch" ends it.'],
    },
    {
      name: "a node that is drained by others as well",
      changes: { birch: { balancer: false, agent: outside("x", ["operator", "shutdown"]) } },
      problems: [
        'birch: drained by an operator; "npx trivet undrain birch" ends it.',
        "birch: drained by shutdown, which should end it by itself.",
      ],
    },
    { name: "a full disk", changes: { ash: { disk: { percent: 86 } } }, problems: ["ash: the disk is 86 % full."] },
    {
      name: "memory that runs out",
      changes: { ash: { memory: { usedMiB: 922, totalMiB: 1024 } } },
      problems: ["ash: 922 of 1024 MiB of memory are used."],
    },
    {
      name: "a certificate that ends",
      changes: { ash: { certificateDays: 13 } },
      problems: ['ash: a certificate of the private authority ends in 13 days; run "pulumi up".'],
    },
    {
      name: "a site's certificate that was not renewed",
      changes: { birch: { certificateDays: 13, siteCertificateDays: 13 } },
      problems: [
        "birch: the sites' certificate ends in 13 days and was not renewed; docs/certificates.md says what to do.",
      ],
    },
  ];
  for (const { name, changes, problems } of cases) {
    it(`for ${name}`, () => expect(problemsOf(cluster(changes))).to.deep.equal(problems));
  }
});

describe("the status's table", () => {
  const table = (nodes: Observed[], problems: string[]) =>
    statusTable({ stack: "local", healthy: problems.length === 0, problems, nodes, backup: noBackups }).split("\n");

  it("has a line a node and a verdict", () => {
    const lines = table(cluster(), []);
    expect(lines[1]).to.match(
      /^ash +203\.0\.113\.10 +10\.0\.0\.2 +in +primary +master +r1 ok +400\/1024 MiB +85 % +14 days$/,
    );
    expect(lines[2]).to.match(/standby \+0 B +replica/);
    expect(lines.at(-1)).to.equal("local is healthy.");
  });

  it("tells a drained node from one that is out", () => {
    const drained = outside("It is drained by operator.", ["operator"]);
    const lines = table(cluster({ ash: { balancer: false }, birch: { balancer: false, agent: drained } }), []);
    expect(lines[1]).to.match(/10\.0\.0\.2 +out +primary/);
    expect(lines[2]).to.match(/10\.0\.0\.2 +drained +standby/);
  });

  it("shows a node of which nothing is known, and the problems", () => {
    const lines = table(cluster({ ash: nothingKnown }), ["ash cannot be reached."]);
    expect(lines[1]).to.match(/^ash +203\.0\.113\.10 +10\.0\.0\.2( +-){7}$/);
    expect(lines.slice(-2)).to.deep.equal(["local has a problem:", "  ash cannot be reached."]);
  });
});
