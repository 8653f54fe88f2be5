import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPostman } from "../../src/mails/postman.js";
import { breakable, cuts, fate } from "../support/faults.js";

/** The table, with one mail, and the mail server; both outlive the workers. */
function world() {
  const row = { job: "a", state: "waiting", claim: undefined };
  let sent = 0;
  const mails = {
    async claim(claim) {
      if (row.state !== "waiting" && !(row.state === "claimed" && row.claim === claim)) return undefined;
      Object.assign(row, { state: "claimed", claim });
      return { job: row.job };
    },
    async settle(claim, state) {
      if (row.state === "claimed" && row.claim === claim) row.state = state;
    },
  };
  const startWorker = (plan = {}, { outcome = "sent", now } = {}) => {
    async function send() {
      if (outcome !== "waiting") sent++;
      return { state: outcome };
    }
    const { claim, settle, ...server } = breakable({ ...mails, send }, plan);
    return createPostman({ mails: { claim, settle }, ...server, worker: "1", now, rest: async () => {} });
  };
  return { row, startWorker, sent: () => sent };
}

const died = (cut) => cut?.startsWith("dies");
const plans = cuts.flatMap((claim) =>
  ["none", "dies before", "dies after"].flatMap((send) => cuts.map((settle) => ({ claim, send, settle }))),
);

describe("a mail", () => {
  for (const plan of plans) {
    it(`is sent once at most with claim ${plan.claim}, send ${plan.send}, settle ${plan.settle}`, async () => {
      const { row, startWorker, sent } = world();
      const worker = startWorker(plan);
      if ((await fate(worker.sendNext())) === "failed") await fate(worker.sendNext());
      const other = startWorker();
      while (await other.sendNext());

      assert.ok(sent() <= 1);
      const leftBehind = plan.claim === "dies after" || (plan.claim !== "dies before" && died(plan.send));
      if (!leftBehind) assert.equal(sent(), 1);
      // What is not known to be sent is never said to be, and what was left behind is seen to be so.
      if (row.state === "sent") assert.equal(sent(), 1);
      else assert.equal(row.state, "claimed");
    });
  }

  it("is claimed by one of two workers", async () => {
    const { startWorker, sent } = world();
    await Promise.all([startWorker().sendNext(), startWorker().sendNext()]);
    assert.equal(sent(), 1);
  });

  it("is tried again when it was certainly not sent", async () => {
    const { row, startWorker, sent } = world();
    await startWorker({}, { outcome: "waiting" }).sendNext();
    assert.equal(row.state, "waiting");
    await startWorker().sendNext();
    assert.equal(sent(), 1);
  });

  it("is left alone when it may have been sent", async () => {
    const { row, startWorker, sent } = world();
    await startWorker({}, { outcome: "doubtful" }).sendNext();
    assert.equal(row.state, "doubtful");
    assert.equal(await startWorker().sendNext(), false);
    assert.equal(sent(), 1);
  });

  it("is not sent by a worker that was frozen after its claim", async () => {
    const { row, startWorker, sent } = world();
    const times = [0, 600_000];
    await startWorker({}, { now: () => times.shift() }).sendNext();
    assert.equal(sent(), 0);
    assert.equal(row.state, "waiting");
  });
});
