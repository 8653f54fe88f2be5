import { expect } from "chai";
import { etcdDefaults, patroniConfig, timings } from "../../../bench/patroni/settings";

describe("the peer's settings", () => {
  const node = { name: "peer-1", privateIp: "10.106.0.11" };

  for (const timing of timings) {
    it(`of "${timing.name}" are within what Patroni accepts`, () => {
      expect(timing.ttl).to.be.at.least(20);
      expect(timing.loopWait).to.be.at.least(1);
      expect(timing.retryTimeout).to.be.at.least(3);
      expect(timing.loopWait + 2 * timing.retryTimeout).to.be.at.most(timing.ttl);
    });
  }

  it("begin with Patroni's own defaults", () => {
    expect(timings[0]).to.deep.include({ ttl: 30, loopWait: 10, retryTimeout: 10, synchronous: false });
  });

  it("let a node listen on its private address and find all of etcd", () => {
    const config = patroniConfig(
      node,
      ["10.106.0.11", "10.106.0.12"],
      "10.106.0.0/24",
      { superuser: "a", replication: "b" },
      timings[2]!,
    );
    expect(config.etcd3.hosts).to.deep.equal(["10.106.0.11:2379", "10.106.0.12:2379"]);
    expect(config.postgresql.connect_address).to.equal("10.106.0.11:5432");
    expect(config.bootstrap.dcs).to.include({ ttl: 20, synchronous_mode: true });
  });

  it("name every member of etcd to every other", () => {
    const text = etcdDefaults(node, [node, { name: "peer-2", privateIp: "10.106.0.12" }]);
    expect(text).to.include('ETCD_INITIAL_CLUSTER="peer-1=http://10.106.0.11:2380,peer-2=http://10.106.0.12:2380"\n');
    expect(text).to.include('ETCD_NAME="peer-1"\n');
  });
});
