import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFlusher } from "../../src/events/flusher.js";
import { createIntake } from "../../src/events/intake.js";
import { breakable, cuts, fate } from "../support/faults.js";

const LONG_AGO = "2020-01-01T00:00:00.000Z";
const eventsOf = (...ids) => ids.map((id) => ({ id, name: "view", at: LONG_AGO }));

/** redis and PostgreSQL, which outlive the workers. */
function stores() {
  const redis = new Map();
  const rows = new Map();
  const journal = {
    append: async (events) => events.forEach((event) => redis.set(event.id, event)),
    remove: async (events) => events.forEach(({ id }) => redis.delete(id)),
    takeTurn: async () => true,
  };
  async function* acceptedBefore(time) {
    yield [...redis.values()].filter(({ at }) => Date.parse(at) < time);
  }
  const store = { save: async (events) => events.forEach((event) => rows.set(event.id, event)) };
  /** A process with nothing in its memory. `plan` says which of its steps are cut off. */
  const startWorker = (plan = {}, clock = { now: 0 }) => {
    const parts = { journal: { ...breakable(journal, plan), acceptedBefore }, store: breakable(store, plan) };
    const intake = createIntake({ ...parts, now: () => clock.now });
    return { ...intake, ...createFlusher({ ...parts, held: intake.held }) };
  };
  return { redis, rows, startWorker };
}

const plans = cuts.flatMap((append) => cuts.flatMap((save) => cuts.map((remove) => ({ append, save, remove }))));

describe("an event that was accepted", () => {
  for (const plan of plans) {
    it(`is stored, and leaves redis, with append ${plan.append}, save ${plan.save}, remove ${plan.remove}`, async () => {
      const { redis, rows, startWorker } = stores();
      const worker = startWorker(plan);
      const accepted = [];
      for (const event of eventsOf("a", "b")) {
        if ((await fate(worker.accept(event))) === "done") accepted.push(event.id);
      }
      // A dead process does not go on; one that lost a connection tries again.
      if ((await fate(worker.flush())) !== "dead") await fate(worker.flush());

      const other = startWorker();
      await other.sweep();
      for (const id of accepted) assert.ok(rows.has(id), id);
      assert.equal(redis.size, 0);
    });
  }

  it("is stored though a failover of redis lost it, by the worker that accepted it", async () => {
    const { redis, rows, startWorker } = stores();
    const worker = startWorker();
    assert.equal(await worker.accept(eventsOf("a")[0]), "redis");
    redis.clear();
    await worker.flush();
    assert.deepEqual([...rows.keys()], ["a"]);
  });

  it("is not removed from redis before it is stored", async () => {
    const { redis, rows, startWorker } = stores();
    const worker = startWorker({ save: "lost before" });
    await worker.accept(eventsOf("a")[0]);
    await assert.rejects(worker.flush());
    assert.ok(redis.has("a") && !rows.has("a"));
  });

  it("is flushed by two workers at once without harm", async () => {
    const { redis, rows, startWorker } = stores();
    const [worker, other] = [startWorker(), startWorker()];
    await Promise.all(eventsOf("a", "b", "c").map((event) => worker.accept(event)));
    await Promise.all([worker.flush(), other.sweep(), other.sweep()]);
    assert.equal(worker.held.size, 0);
    assert.deepEqual([...rows.keys()].sort(), ["a", "b", "c"]);
    assert.equal(redis.size, 0);
  });
});

describe("the intake", () => {
  it("goes to PostgreSQL while redis is in doubt, and tries redis again later", async () => {
    const { rows, startWorker } = stores();
    const clock = { now: 0 };
    const worker = startWorker({ append: "lost after" }, clock);
    const [a, b, c] = eventsOf("a", "b", "c");
    assert.equal(await worker.accept(a), "postgresql");
    assert.equal(await worker.accept(b), "postgresql");
    assert.deepEqual([...rows.keys()], ["a", "b"]);
    clock.now = 60_000;
    assert.equal(await worker.accept(c), "redis");
  });

  it("accepts nothing that neither store has for certain", async () => {
    const { startWorker } = stores();
    const worker = startWorker({ append: "lost before", save: "lost after" });
    await assert.rejects(worker.accept(eventsOf("a")[0]));
  });

  it("holds only so much, and then lets requests wait for PostgreSQL", async () => {
    const { startWorker } = stores();
    const worker = startWorker();
    for (let n = 0; n < 20_000; n++) worker.held.set(String(n), {});
    assert.equal(await worker.accept(eventsOf("a")[0]), "postgresql");
  });
});
