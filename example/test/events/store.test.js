import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventsIn } from "../../src/events/store.js";

const event = (id) => ({ id, name: `view-${id}`, at: "2020-01-01T00:00:00.000Z" });

describe("events in PostgreSQL", () => {
  it("are one statement, each id once and in order, so that two workers cannot wait for each other", async () => {
    const calls = [];
    await eventsIn({ query: async (...words) => calls.push(words) }).save([event("b"), event("a"), event("b")]);
    assert.equal(calls.length, 1);
    assert.deepEqual(calls[0][1].slice(0, 2), [
      ["a", "b"],
      ["view-a", "view-b"],
    ]);
  });

  it("are written even if they are there, so that the commit waits for a standby", async () => {
    let text;
    await eventsIn({ query: async (given) => (text = given) }).save([event("a")]);
    assert.match(text, /ON CONFLICT \(id\) DO UPDATE/);
  });

  it("are saved again when the outcome is unknown", async () => {
    let calls = 0;
    const query = async () => {
      if (++calls === 1) throw new Error("Connection terminated unexpectedly");
    };
    await eventsIn({ query }).save([event("a")]);
    assert.equal(calls, 2);
  });
});
