import { expect } from "chai";
import { compareLsn, formatLsn, parseLsn } from "../../../agent/postgres/lsn";

describe("a place in the write-ahead log", () => {
  for (const [text, place] of [
    ["0/0", 0n],
    ["0/1", 1n],
    ["0/3000060", 0x3000060n],
    ["0/FFFFFFFF", 0xffffffffn],
    ["1/0", 0x100000000n],
    ["16/B374D848", 0x16b374d848n],
    ["FFFFFFFF/FFFFFFFF", 0xffffffffffffffffn],
  ] as const)
    it(`${text} is read and written`, () => {
      expect(parseLsn(text)).to.equal(place);
      expect(formatLsn(place)).to.equal(text);
    });

  it("is compared as a number, not as a text", () => {
    const inOrder = ["0/0", "0/9", "0/10", "0/FFFFFFFF", "1/0", "2/1", "10/0", "A0/0"];
    inOrder.forEach((a, i) =>
      inOrder.forEach((b, j) => expect(Math.sign(compareLsn(a, b)), `${a} and ${b}`).to.equal(Math.sign(i - j))),
    );
  });

  it("may be written with small letters or leading zeros", () => {
    expect(compareLsn("0/0a", "0/A")).to.equal(0);
    expect(compareLsn("0/0300F000", "0/300f000")).to.equal(0);
  });
});
