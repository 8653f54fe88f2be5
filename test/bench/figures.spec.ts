import { expect } from "chai";
import { percentile, table } from "../../bench/figures";

describe("a benchmark's figures", () => {
  it("are the nearest rank's", () => {
    const samples = [5, 1, 4, 2, 3];
    expect(percentile(samples, 0.5)).to.equal(3);
    expect(percentile(samples, 0.95)).to.equal(5);
    expect(percentile([7], 0.5)).to.equal(7);
    expect(samples).to.deep.equal([5, 1, 4, 2, 3]);
  });

  it("make a table with their number and spread", () => {
    const rows = table([
      { what: "preview", unit: "s", samples: [4.04, 5.06] },
      { what: "logins", unit: "count", samples: [0, 0] },
    ]).split("\n");
    expect(rows[2]).to.equal("| preview | 2 | 4.0 s | 4.0 s | 5.1 s | 5.1 s |");
    expect(rows[3]).to.equal("| logins | 2 | 0 | 0 | 0 | 0 |");
  });
});
