import { readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import * as ts from "typescript";
import { outputsTypes } from "../../cli/outputsTypes";
import { folderWith } from "./support/folder";

describe("the declaration of the outputs", function () {
  this.timeout(60_000);

  /** What TypeScript says of a program that takes this for the outputs. */
  function faultsOf(json: string): string[] {
    const folder = folderWith({
      "outputs.d.ts": outputsTypes,
      "use.ts": `import type { TrivetOutputs } from "./outputs";\nexport const given: TrivetOutputs = ${json};\n`,
    });
    const program = ts.createProgram([path.join(folder, "use.ts")], { strict: true, noEmit: true, types: [] });
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
  }

  const documented = /```json\n(\{\n {2}"schemaVersion"[\s\S]*?\n\})\n```/.exec(
    readFileSync(path.resolve(__dirname, "../../docs/outputs.md"), "utf8"),
  )?.[1];

  it("fits what the documentation shows of the local stack", () => {
    expect(documented).not.to.equal(undefined);
    expect(faultsOf(documented!)).to.deep.equal([]);
  });

  it("does not fit another form", () => {
    expect(faultsOf(documented!.replace('"nodes"', '"machines"')).join()).to.contain("machines");
  });
});
