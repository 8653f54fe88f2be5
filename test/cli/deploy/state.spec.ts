import { expect } from "chai";
import { inRotation, readState, whyOut } from "../../../cli/deploy/state";

const entry = { time: "2026-11-21T07:45:00Z", release: "r2", from: "r1", by: "a@b", how: "deploy", outcome: "ok" };
const told = [
  ...["ready=r1", "ready=r2", "unfinished=r3", "current=r2", "worker=3001", "worker=3002", "healthy=yes"],
  'agent={"role":"leader","health":{"in":false,"why":"It is drained by operator."}}',
  ...["free=100", "size=200", `history=${JSON.stringify(entry)}`, 'history={"time":"half'],
].join("\n");

describe("a node's state", () => {
  it("is read from what the node tells; a line of history that is cut short is left out", () => {
    expect(readState(told)).to.deep.equal({
      ready: ["r1", "r2"],
      unfinished: ["r3"],
      current: "r2",
      workers: [3001, 3002],
      healthy: true,
      rotation: { in: false, why: "It is drained by operator." },
      disk: { free: 100, size: 200 },
      history: [entry],
    });
  });

  it("is told by its agent, if that says whether it takes requests", () => {
    expect(inRotation(readState(told))).to.equal(false);
    expect(whyOut(readState(told))).to.equal("It is drained by operator");
  });

  for (const agent of ["", "no JSON", '{"role":"leader"}', '{"health":{}}']) {
    it(`is told by its workers where the agent says ${agent || "nothing"}`, () => {
      expect(inRotation(readState(`healthy=yes\nagent=${agent}\n`))).to.equal(true);
      const out = readState(`healthy=no\nagent=${agent}\n`);
      expect(inRotation(out)).to.equal(false);
      expect(whyOut(out)).to.equal("its workers do not answer their health check");
    });
  }
});
