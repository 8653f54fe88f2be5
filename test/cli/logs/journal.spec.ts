import { expect } from "chai";
import { Journal } from "../../../cli/logs/journal";

const line = (fields: object) =>
  JSON.stringify({ __CURSOR: "s=1;i=2", __REALTIME_TIMESTAMP: "1795247100123456", ...fields });

describe("a node's journal", () => {
  const journal = () => new Journal("ash", ["app@*.service", "trivet-agent.service"]);

  it("is asked for the units, and no further back than wanted", () => {
    const asked = journal().past({ since: new Date(1_795_247_100_000), lines: 5 });
    expect(asked).to.contain("'--unit=app@*.service' '--unit=trivet-agent.service'");
    expect(asked).to.contain("'--since=@1795247100' '--lines=5'");
    expect(journal().past({})).not.to.match(/--lines|--since|--follow/);
  });

  it("is followed from the last line that was read", () => {
    const log = journal();
    expect(log.next({ lines: 5 })).to.contain("'--follow' '--lines=5'");
    expect(log.next({ since: new Date(0) })).to.contain("'--follow' '--since=@0' '--no-tail'");
    log.read(line({ MESSAGE: "hello", _SYSTEMD_UNIT: "app@3001.service" }));
    const next = log.next({ since: new Date(0), lines: 5 });
    expect(next).to.contain("'--follow' '--no-tail' '--after-cursor=s=1;i=2'");
    expect(next).not.to.match(/--lines|--since/);
  });

  it("says when, who and what, to the microsecond", () => {
    expect(journal().read(line({ MESSAGE: "hello", _SYSTEMD_UNIT: "app@3001.service" }))).to.deep.equal({
      node: "ash",
      time: 1795247100123.456,
      service: "app",
      message: "hello",
    });
  });

  it("counts what systemd says of a unit as the unit's", () => {
    const said = line({ MESSAGE: "Started", _SYSTEMD_UNIT: "init.scope", UNIT: "trivet-agent.service" });
    expect(journal().read(said)?.service).to.equal("agent");
  });

  const messages: [string, unknown, string][] = [
    ["bytes that are no text", [104, 105, 27, 255], "hi\u001b\ufffd"],
    ["a message that was given twice", ["one", "two"], "one\ntwo"],
    ["nothing", null, ""],
  ];
  for (const [name, MESSAGE, message] of messages) {
    it(`takes ${name}`, () => {
      expect(journal().read(line({ MESSAGE, _SYSTEMD_UNIT: "app@3001.service" }))?.message).to.equal(message);
    });
  }

  it("leaves out what is no entry, and what is nobody's", () => {
    expect(journal().read("-- Reboot --")).to.equal(undefined);
    expect(journal().read("{}")).to.equal(undefined);
    expect(journal().read(line({ MESSAGE: "x", _SYSTEMD_UNIT: "ssh.service" }))).to.equal(undefined);
  });
});
