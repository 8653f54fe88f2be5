import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { healthy } from "../src/health.js";

describe("health", () => {
  const passes = async () => {};
  const fails = async () => {
    throw new Error("down");
  };
  const hangs = () => new Promise(() => {});

  for (const [name, checks, expected] of [
    ["all pass", [passes, passes], true],
    ["one fails", [passes, fails], false],
    ["one hangs", [passes, hangs], false],
  ]) {
    it(`is ${expected} when ${name}`, async () => {
      assert.equal(await healthy(checks, 50), expected);
    });
  }
});
