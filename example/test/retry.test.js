import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { retried } from "../src/retry.js";

const serverError = (code) => Object.assign(new Error(code), { severity: "ERROR", code });
const systemError = (code) => Object.assign(new Error(code), { code });

/** Fails with the error at first. */
function once(error) {
  const query = async () => {
    query.calls++;
    if (query.calls === 1) throw error;
    return "answer";
  };
  query.calls = 0;
  return query;
}

describe("a query that may be repeated", () => {
  for (const [name, error] of [
    ["the connection broke", new Error("Connection terminated unexpectedly")],
    ["the pooler is not there", systemError("ECONNREFUSED")],
    ["the pooler has no server", serverError("08P01")],
    ["the server shuts down", serverError("57P01")],
    ["the server is a standby", serverError("25006")],
    ["there was a deadlock", serverError("40P01")],
  ]) {
    it(`is repeated when ${name}`, async () => {
      const query = once(error);
      assert.equal(await retried(query, { pauseMs: 1 }), "answer");
      assert.equal(query.calls, 2);
    });
  }

  it("is not repeated when the server rejects it", async () => {
    const query = once(serverError("42P01"));
    await assert.rejects(retried(query), /42P01/);
    assert.equal(query.calls, 1);
  });

  it("fails in the end", async () => {
    const query = async () => {
      throw systemError("ECONNREFUSED");
    };
    await assert.rejects(retried(query, { forMs: 5, pauseMs: 1 }), /ECONNREFUSED/);
  });
});
