import { expect } from "chai";
import { parseView, replicationFaults, type DatabaseView } from "../../drills/postgres";
import { parseRedisInfo, redisFaults, type RedisView } from "../../drills/redis";

describe("a cluster's databases as a drill sees them", () => {
  const primary: DatabaseView = { role: "primary", standbys: 2, streaming: false };
  const standby: DatabaseView = { role: "standby", standbys: 0, streaming: true };
  const down: DatabaseView = { role: "down", standbys: 0, streaming: false };

  it("are read from psql's line", () => {
    expect(parseView("f|2|f\n")).to.deep.equal(primary);
    expect(parseView("t|0|t")).to.deep.equal(standby);
    expect(parseView("t|0|f")).to.deep.equal({ ...standby, streaming: false });
  });

  for (const [what, views, faults] of [
    ["whole", [primary, standby, standby], []],
    [
      "without one node",
      [{ ...primary, standbys: 1 }, standby, down],
      ["the database of c does not answer", "1 of 2 standbys follow a"],
    ],
    ["without a primary", [standby, standby, standby], ["primaries: none"]],
    [
      "with two primaries",
      [{ ...primary, standbys: 1 }, standby, { ...primary, standbys: 0 }],
      ["primaries: a, c", "1 of 2 standbys follow a", "0 of 2 standbys follow c"],
    ],
    [
      "with a standby that follows nobody",
      [{ ...primary, standbys: 1 }, standby, { ...standby, streaming: false }],
      ["c does not stream", "1 of 2 standbys follow a"],
    ],
  ] as const) {
    it(`are ${what}`, () => {
      const [a, b, c] = views;
      expect(replicationFaults({ a, b, c })).to.deep.equal(faults);
    });
  }
});

describe("a cluster's redis as a drill sees it", () => {
  const master: RedisView = { role: "master", replicas: 2, linked: false };
  const replica: RedisView = { role: "replica", replicas: 0, linked: true };

  it("is read from INFO", () => {
    expect(parseRedisInfo("# Replication\r\nrole:master\r\nconnected_slaves:2\r\n")).to.deep.equal(master);
    expect(parseRedisInfo("role:slave\r\nmaster_link_status:up\r\nconnected_slaves:0\r\n")).to.deep.equal(replica);
    expect(parseRedisInfo("role:slave\r\nmaster_link_status:down\r\n")).to.include({ linked: false });
    expect(parseRedisInfo("")).to.deep.equal({ role: "down", replicas: 0, linked: false });
  });

  for (const [what, views, faults] of [
    ["whole", [replica, master, replica], []],
    ["without a master", [replica, replica, replica], ["redis masters: none"]],
    [
      "with two masters",
      [{ ...master, replicas: 1 }, { ...master, replicas: 0 }, replica],
      ["redis masters: a, b", "1 of 2 redis replicas follow a", "0 of 2 redis replicas follow b"],
    ],
    [
      "with a replica that lost its master",
      [{ ...master, replicas: 1 }, replica, { ...replica, linked: false }],
      ["redis of c has no link to its master", "1 of 2 redis replicas follow a"],
    ],
  ] as const) {
    it(`is ${what}`, () => {
      const [a, b, c] = views;
      expect(redisFaults({ a, b, c })).to.deep.equal(faults);
    });
  }
});
