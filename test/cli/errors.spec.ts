import { expect } from "chai";
import { explain, lastLines, list, reasonOf, UserError } from "../../cli/errors";
import { pulumiFault } from "../../cli/pulumi";

describe("errors", () => {
  it("show a user's fault without a stack, with its details below", () => {
    expect(explain(new UserError("Do this."))).to.equal("trivet: Do this.");
    expect(explain(new UserError("Do this.", "a\nb"))).to.equal("trivet: Do this.\na\nb");
  });

  it("keep the stack of a fault of ours", () => {
    expect(explain(new TypeError("x is not a function"))).to.match(/^trivet: unexpected: TypeError: x.*\n\s+at /);
  });

  it("fit into a sentence", () => expect(reasonOf(new Error("no route.\nmore"))).to.equal("no route"));

  it("keep the last lines only", () => expect(lastLines("1\n2\n3\n", 2)).to.equal("2\n3"));

  const lists: [string[], string][] = [
    [[], ""],
    [["ash"], "ash"],
    [["ash", "birch"], "ash and birch"],
    [["ash", "birch", "cedar"], "ash, birch and cedar"],
  ];
  for (const [names, text] of lists) it(`list ${names.length}`, () => expect(list(names)).to.equal(text));
});

describe("what pulumi says", () => {
  const cases: { name: string; stack: string; said: string; says: RegExp }[] = [
    { name: "no local stack", stack: "local", said: "error: no stack named 'local' found", says: /run "npm run up"/ },
    {
      name: "no such stack",
      stack: "qa",
      said: "error: no stack named 'qa' found",
      says: /^There is no stack "qa".*-s STACK/,
    },
    {
      name: "no passphrase",
      stack: "prod",
      said: "error: passphrase must be set with",
      says: /PULUMI_CONFIG_PASSPHRASE_FILE/,
    },
    {
      name: "anything else",
      stack: "prod",
      said: "error: boom",
      says: /^"pulumi stack output" failed for stack "prod"/,
    },
  ];
  for (const { name, stack, said, says } of cases) {
    it(`becomes a sentence: ${name}`, () =>
      expect(pulumiFault(stack, ["stack", "output"], said).message).to.match(says));
  }

  it("is shown where there is no better sentence", () => {
    expect(pulumiFault("prod", ["preview"], "error: boom").details).to.equal("error: boom");
  });
});
