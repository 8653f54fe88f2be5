import { expect } from "chai";
import { wholeNumber } from "../../drills/wholeNumber";

describe("an option's whole number", () => {
  const parse = wholeNumber(1, 999);

  for (const [text, number] of [
    ["1", 1],
    ["60", 60],
    ["999", 999],
  ] as const)
    it(`may be ${text}`, () => expect(parse(text)).to.equal(number));

  for (const text of ["0", "1000", "-1", "1.5", "1e2", "0x10", "", " 1", "many"])
    it(`may not be "${text}"`, () => expect(() => parse(text)).to.throw("wanted a whole number from 1 to 999."));
});
