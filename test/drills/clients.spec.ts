import { expect } from "chai";
import { kindOf, nodeOf, parseEvents } from "../../drills/events";
import { surelyNotWritten } from "../../drills/sessions";

describe("a drill's clients", () => {
  for (const [what, severity, code, sure] of [
    ["a standby's refusal", "ERROR", "25006", true],
    ["a missing table", "ERROR", "42P01", true],
    ["a shutdown while the commit waits for a standby", "FATAL", "57P01", false],
    ["an administrator's command", "ERROR", "57014", false],
    ["a crash of another session", "FATAL", "57P02", false],
    ["pgbouncer giving up its server", "FATAL", "08P01", false],
    ["an unknown outcome", "ERROR", "40003", false],
  ] as const) {
    it(`take ${what} for ${sure ? "no write" : "an open question"}`, () => {
      expect(surelyNotWritten({ severity, code })).to.equal(sure);
    });
  }

  it("are named after their node and kind", () => {
    expect([nodeOf("ash/pooler"), kindOf("ash/pooler")]).to.deep.equal(["ash", "pooler"]);
  });

  it("leave a history that can be read while it grows", () => {
    const line = '{"at":1,"client":"ash/direct","id":1,"what":"attempt"}';
    const first = parseEvents(`${line}\n${line.slice(0, 20)}`);
    expect(first.events).to.have.lengthOf(1);
    expect(parseEvents(`${first.rest}${line.slice(20)}\n`)).to.deep.equal({ events: first.events, rest: "" });
  });
});
