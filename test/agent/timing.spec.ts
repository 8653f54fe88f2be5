import { expect } from "chai";
import { timing } from "../../agent/timing";

describe("the agent's intervals", () => {
  it("have a leader end before anyone may vote for another", () => {
    expect(timing.fence + timing.tick).to.be.below(timing.promise);
  });

  it("let a heartbeat be lost and a call fail before a leader ends", () => {
    expect(timing.heartbeat + 2 * timing.call).to.be.below(timing.fence);
  });

  it("have clients wait before anything else comes of the silence, but not for a call that fails", () => {
    expect(timing.quiet)
      .to.be.below(timing.fence)
      .and.above(timing.heartbeat + timing.call);
  });

  it("let the first candidate be heard before the next one stands", () => {
    expect(timing.stagger).to.be.above(2 * timing.tick);
  });

  it("have clients wait for a failover, not read", () => {
    expect(timing.reads).to.be.above(timing.promise + timing.call);
  });

  it("end a leader without a majority before it would go on alone", () => {
    expect(timing.alone).to.be.above(timing.fence);
  });
});
