import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { describe, it } from "node:test";
import { repeat } from "../src/repeat.js";

const LONG_MS = 3_600_000;

describe("repeated work", () => {
  it("runs at once, again when woken, after a failure too, and no more when stopped", async () => {
    let runs = 0;
    let heard = () => {};
    const work = repeat("work", LONG_MS, async () => {
      runs++;
      heard();
      throw new Error("down");
    });
    assert.equal(runs, 1);
    // The pause begins a moment after the failure.
    await new Promise(setImmediate);
    const second = new Promise((resolve) => (heard = resolve));
    work.wake();
    await second;
    await work.stop();
    work.wake();
    assert.equal(runs, 2);
  });

  it("has ended what it began when the stop resolves", async () => {
    let finish;
    let ended = false;
    const work = repeat("work", LONG_MS, async () => {
      await new Promise((resolve) => (finish = resolve));
      ended = true;
    });
    const stopped = work.stop();
    finish();
    await stopped;
    assert.ok(ended);
  });
});
