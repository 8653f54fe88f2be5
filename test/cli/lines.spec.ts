import { expect } from "chai";
import { splitLines } from "../../cli/lines";
import { all, stream } from "./support/streams";

describe("splitLines", () => {
  const cases: { name: string; pieces: string[]; lines: string[] }[] = [
    { name: "nothing", pieces: [], lines: [] },
    { name: "lines that are cut anywhere", pieces: ["on", "e\ntw", "o", "\n"], lines: ["one", "two"] },
    { name: "empty lines", pieces: ["\n\n", "a\n"], lines: ["", "", "a"] },
    { name: "a last line without an end", pieces: ["one\ntwo"], lines: ["one", "two"] },
  ];
  for (const { name, pieces, lines } of cases) {
    it(`takes ${name}`, async () => expect(await all(splitLines(stream(...pieces)))).to.deep.equal(lines));
  }

  it("puts a letter together that was cut in two", async () => {
    const bytes = Buffer.from("grüße\n");
    expect(await all(splitLines(stream(bytes.subarray(0, 3), bytes.subarray(3))))).to.deep.equal(["grüße"]);
  });
});
