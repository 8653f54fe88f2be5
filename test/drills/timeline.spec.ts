import { expect } from "chai";
import { parseJournal, printed } from "../../drills/timeline";

describe("a timeline", () => {
  const journal = `1763720000.500000 trivet-local-ash trivet-agent[77]: lost the lease
    and a second line
1763720001.250000 trivet-local-ash postgres[80]: shutting down
`;

  it("has a journal's lines at their moments", () => {
    expect(parseJournal("ash", journal)).to.deep.equal([
      { at: 1763720000500, where: "ash", what: "trivet-agent[77]: lost the lease" },
      { at: 1763720000500, where: "ash", what: "and a second line" },
      { at: 1763720001250, where: "ash", what: "postgres[80]: shutting down" },
    ]);
    expect(parseJournal("ash", "")).to.deep.equal([]);
  });

  it("shows all nodes and the drill in the order of time, counted from the fault", () => {
    const entries = [
      { at: 1763720000000, where: "drill", what: "power cut on birch" },
      ...parseJournal("ash", journal),
      { at: 1763719999990, where: "birch", what: "pgbouncer[3]: a last word" },
    ];
    expect(printed(entries, 1763720000000).split("\n")).to.deep.equal([
      "    -0.010 s  birch  pgbouncer[3]: a last word",
      "    +0.000 s  drill  power cut on birch",
      "    +0.500 s  ash    trivet-agent[77]: lost the lease",
      "    +0.500 s  ash    and a second line",
      "    +1.250 s  ash    postgres[80]: shutting down",
    ]);
  });
});
