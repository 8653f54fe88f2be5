import { expect } from "chai";
import { majorityOf, minReplicasOf, timing } from "../../../components/roles/redis";
import type { NodeShape } from "../../../stacks/shape";
import { runProgram, runShape, type Run } from "../../support/program";
import { scriptFiles } from "../../support/scriptFiles";

const scriptOf = (run: Run, name: string) => String(run.named(name).inputs.stdin);
const confOf = (run: Run, node: string) =>
  scriptFiles(scriptOf(run, `${node}-redis`))["/etc/redis/trivet.conf"]!.content;

describe("how long redis and sentinel wait", () => {
  /** From the cut to the last moment at which the master counts a replica that acknowledged just before it. */
  function lastWriteMs(maxLagSeconds: number): number {
    let latest = 0;
    // When the acknowledgement came, and when the count is taken, within the master's clock second; it lasts up to 1.1 s.
    for (let acknowledged = 0; acknowledged < 1000; acknowledged += 10)
      for (let count = 0; count < 1100; count += 10)
        for (let at = count; ; at += 1100) {
          const lag = Math.floor((acknowledged + at) / 1000) - Math.floor(acknowledged / 1000);
          if (lag <= maxLagSeconds) continue;
          latest = Math.max(latest, at);
          break;
        }
    return latest;
  }

  it("lets an isolated master stop before a failover can begin", () => {
    expect(lastWriteMs(timing.maxLagSeconds)).to.be.lessThan(timing.downAfterMs);
  });

  it("has no second to spare for a longer lag", () => {
    expect(lastWriteMs(timing.maxLagSeconds + 1)).to.be.greaterThan(timing.downAfterMs);
  });

  it("counts a replica that acknowledges once a second, however the clocks fall", () => {
    // Two periods of 1.1 s that just miss a second's end are two seconds apart, and three by the whole seconds of no clock.
    for (let acknowledged = 0; acknowledged < 1000; acknowledged += 10)
      expect(Math.floor((acknowledged + 1100) / 1000)).to.be.at.most(timing.maxLagSeconds);
  });

  it("leaves a client without a master for at most eight seconds", () => {
    const asked = 1100; // A sentinel asks once a second, in ticks of up to 0.1 s.
    const elected = 600; // The vote and three steps, a tick each.
    const followed = 1400; // The new master's INFO once a second, then the other replica.
    expect(timing.downAfterMs + asked + elected + followed).to.be.at.most(8000);
  });
});

describe("the role redis", function () {
  this.timeout(60_000);
  const sizes: [number, { majority: number; minReplicas: number }][] = [
    [1, { majority: 1, minReplicas: 0 }],
    [3, { majority: 2, minReplicas: 1 }],
    [5, { majority: 3, minReplicas: 2 }],
    [7, { majority: 4, minReplicas: 3 }],
    [9, { majority: 5, minReplicas: 4 }],
  ];
  for (const [dataNodes, wanted] of sizes)
    it(`on ${dataNodes} data nodes takes writes only where the others can elect nobody`, () => {
      expect({ majority: majorityOf(dataNodes), minReplicas: minReplicasOf(dataNodes) }).to.deep.equal(wanted);
      const others = dataNodes - 1 - wanted.minReplicas;
      expect(others).to.be.lessThan(wanted.majority);
    });

  const five: NodeShape[] = ["ash", "birch", "cedar", "elm", "fir"].map((name) => ({ name }));
  for (const [what, nodes, wanted] of [
    ["one node", five.slice(0, 1), 0],
    ["three", five.slice(0, 3), 1],
    ["five", five, 2],
    ["five, two of them without data", five.map(({ name }, at) => ({ name, data: at < 3 })), 1],
  ] as [string, NodeShape[], number][])
    it(`writes that down for ${what}`, async () => {
      const run = await runShape({ nodes, nominated: "ash" });
      expect(confOf(run, "ash")).to.match(new RegExp(`^min-replicas-to-write ${wanted}$`, "m"));
      expect(scriptOf(run, "ash-redis")).to.include(`\nreadonly majority=${wanted + 1}\n`);
    });

  describe("on three nodes", () => {
    let run: Run;
    before(async () => {
      run = await runProgram("local");
    });

    it("speaks TLS only, verifies those it speaks to, and has every client show a certificate", () => {
      const conf = confOf(run, "ash").split("\n");
      expect(conf).to.include.members([
        "port 0",
        "tls-port 6379",
        "tls-replication yes",
        "tls-auth-clients yes",
        "tls-ca-cert-file /etc/trivet/tls/ca.crt",
        'tls-protocols "TLSv1.2 TLSv1.3"',
      ]);
    });

    it("is on disk within a second, and never thrown away to make room", () => {
      expect(confOf(run, "ash").split("\n")).to.include.members([
        "appendonly yes",
        "appendfsync everysec",
        "maxmemory-policy noeviction",
      ]);
    });

    it("has the same settings everywhere but for the address", () => {
      const [one, two] = ["ash", "birch"].map((node) => confOf(run, node).replaceAll(/10\.22\.0\.\d+/g, "IP"));
      expect(one).to.equal(two);
    });

    it("names nobody's master in a file that `up` writes", () => {
      expect(confOf(run, "birch")).not.to.match(/replicaof|replica-priority/);
    });

    it("takes up secrets while it runs, settings by a restart", () => {
      const script = scriptOf(run, "ash-redis");
      expect(script).to.include("ExecReload=/usr/local/lib/trivet/redis-reload");
      expect(script).to.match(/if changed "\$\{settings\[@\]\}"; then how=restart; else how=reload; fi/);
    });

    it("tries again however often it fails", () => {
      expect(scriptOf(run, "ash-redis")).to.include("StartLimitIntervalSec=0");
    });
  });
});

describe("redis' users", function () {
  this.timeout(20_000);
  let users: Record<string, string>;
  before(async () => {
    const script = String((await runProgram("local")).named("ash-secrets").inputs.stdin);
    const lines = [...script.matchAll(/^user (\S+) (.*)$/gm)].filter(([, name]) => name !== "default");
    users = Object.fromEntries(lines.map(([, name, rights]) => [name!, rights!]));
  });
  const allowed = (user: string) =>
    users[user]!.split(" ").filter(
      (word) => /^[+~&%]/.test(word) || word.startsWith("allkeys") || word.startsWith("allchannels"),
    );

  it("are these", () => {
    expect(Object.keys(users)).to.have.members(["app", "replica", "sentinel", "monitor", "peer", "client"]);
  });

  it("may only speak on sentinel's channel if they are sentinels", () => {
    for (const user of Object.keys(users))
      if (allowed(user).some((word) => word === "+publish" || word === "+@all"))
        expect(
          allowed(user).filter((word) => word.startsWith("&")),
          user,
        ).to.deep.equal(user === "app" ? ["&app:*"] : ["&__sentinel__:hello"]);
  });

  it("have keys only if they are the application", () => {
    for (const user of Object.keys(users))
      expect(
        allowed(user).some((word) => word.startsWith("~")),
        user,
      ).to.equal(user === "app");
  });

  it("have no whole categories but for the application", () => {
    for (const user of Object.keys(users))
      expect(
        allowed(user).some((word) => word.startsWith("+@")),
        user,
      ).to.equal(user === "app");
  });

  it("replicate with three commands", () => {
    expect(allowed("replica")).to.deep.equal(["+psync", "+replconf", "+ping"]);
  });

  it("cannot change what a sentinel watches", () => {
    for (const user of ["peer", "client"])
      expect(users[user]).not.to.match(
        /\+sentinel( |$)|\+sentinel\|(set|remove|monitor|reset|config|debug|flushconfig)/,
      );
  });
});
