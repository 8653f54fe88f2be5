import { expect } from "chai";
import { showJson, showText } from "../../../cli/logs/show";

const entry = { node: "ash", time: Date.parse("2026-11-21T07:45:00.123Z"), service: "app", message: "hello" };
const start = "2026-11-21T07:45:00.123Z ash   app      ";

describe("a log's line", () => {
  const text = showText(["ash", "birch"], { colour: false });

  it("says when, where, who and what", () => expect(text(entry)).to.equal(`${start} hello\n`));

  it("is one for each line of a message", () => {
    expect(text({ ...entry, message: "Error: no\n  at x\n" })).to.equal(`${start} Error: no\n${start}   at x\n`);
  });

  it("does not let what is in it steer the terminal", () => {
    expect(text({ ...entry, message: "a\u001b[2Jb\rc\td" })).to.equal(`${start} a\\x1b[2Jb\\x0dc\td\n`);
  });

  it("has colours where they are wanted, another for each node", () => {
    const coloured = showText(["ash", "birch"], { colour: true });
    const [ash, birch] = [coloured(entry), coloured({ ...entry, node: "birch" })];
    expect(ash).to.contain("\u001b[36mash").and.contain(" hello\n");
    expect(birch).to.contain("\u001b[33mbirch");
  });

  it("is JSON of four members for programs", () => {
    expect(showJson(entry)).to.equal(
      '{"node":"ash","time":"2026-11-21T07:45:00.123Z","service":"app","message":"hello"}\n',
    );
  });
});
