import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { readOutputs } from "../../tools/outputs.js";

const folder = mkdtempSync(path.join(tmpdir(), "outputs-"));
const file = path.join(folder, "outputs.json");
const outputs = {
  schemaVersion: 1,
  loadBalancerIp: "198.51.100.11",
  sites: { main: "app.trivet.test", www: "www.trivet.test" },
  caCertificate: "-----BEGIN CERTIFICATE-----\n",
  deployPrivateKey: "secret",
};

describe("the stack's outputs", () => {
  after(() => rmSync(folder, { recursive: true }));

  it("are read from the file that trivet wrote", () => {
    writeFileSync(file, JSON.stringify(outputs));
    assert.deepEqual(readOutputs(file), outputs);
  });

  it("are refused with all faults at once, and without a value", () => {
    writeFileSync(
      file,
      JSON.stringify({ ...outputs, schemaVersion: 2, sites: { www: "secret" }, caCertificate: undefined }),
    );
    assert.throws(
      () => readOutputs(file),
      ({ message }) => {
        for (const name of ["schemaVersion is another", "sites is another", "caCertificate is missing"]) {
          assert.ok(message.includes(name), message);
        }
        return !message.includes("secret");
      },
    );
  });

  for (const [name, content] of [
    ["no JSON", "secret"],
    ["no object", "null"],
  ]) {
    it(`are refused when there is ${name}`, () => {
      writeFileSync(file, content);
      assert.throws(
        () => readOutputs(file),
        ({ message }) => message.startsWith(file) && !message.includes("secret"),
      );
    });
  }

  it("are refused when there is no file", () => {
    assert.throws(() => readOutputs(path.join(folder, "none")), /ENOENT/);
  });
});
