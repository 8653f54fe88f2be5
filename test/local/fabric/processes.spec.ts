import { expect } from "chai";
import { commandPattern, signalNamed } from "../../../local/fabric/processes";

describe("a machine's processes", () => {
  for (const given of ["STOP", "stop", "SIGSTOP"]) {
    it(`take the signal ${given}`, () => expect(signalNamed(given)).to.equal("SIGSTOP"));
  }
  for (const given of ["HALT", "", "9", "SIG"]) {
    it(`take no signal "${given}"`, () => {
      expect(() => signalNamed(given)).to.throw(`"${given}" is no signal; wanted a name such as STOP`);
    });
  }

  it("are found by any part of their command line, or by a regular expression", () => {
    const line = "/usr/lib/postgresql/17/bin/postgres -D /var/lib/postgresql/17/main";
    for (const pattern of ["postgres -D", "^/usr/.*/main$", "17/(bin|sbin)"]) {
      expect(commandPattern(pattern).test(line), pattern).to.equal(true);
    }
    expect(commandPattern("^postgres").test(line)).to.equal(false);
  });

  it("are never all meant by mistake", () => {
    expect(() => commandPattern("")).to.throw("the pattern is empty");
    expect(() => commandPattern("postgres: (")).to.throw('"postgres: (" is no regular expression');
  });
});
