import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mailerTo } from "../../src/mails/mailer.js";
import { serveSmtp } from "../support/smtp.js";

const mail = {
  job: "report:2025-06-01",
  to: "ann@example.com",
  subject: "Grüße",
  text: "hello",
  createdAt: new Date(0),
};
const FROM = "app@example.org";

/** Sends to a server that gives `answer` at `step`, null for none: it hangs up. */
async function sendTo(step, answer) {
  const server = await serveSmtp((at) => (at === step ? answer : undefined));
  const outcome = await mailerTo(`smtp://127.0.0.1:${server.port}?ignoreTLS=true`, FROM)(mail);
  server.close();
  return { ...outcome, taken: server.taken };
}

describe("a mail", () => {
  it("is sent, with the same id every time", async () => {
    const ids = new Set();
    for (const [index] of ["first", "second"].entries()) {
      const { state, taken } = await sendTo();
      assert.equal(state, "sent", `try ${index}`);
      assert.equal(taken.length, 1);
      assert.match(taken[0], /^To: ann@example.com\r$/m);
      ids.add(/^Message-ID: (<[0-9a-f]{32}@example\.org>)\r$/m.exec(taken[0])[1]);
    }
    assert.equal(ids.size, 1);
  });

  for (const [step, answer, expected] of [
    ["CONNECT", null, "waiting"],
    ["CONNECT", "554 not today", "waiting"],
    ["MAIL", "451 later", "waiting"],
    ["MAIL", null, "waiting"],
    ["RCPT", "450 busy", "waiting"],
    ["RCPT", "550 nobody", "refused"],
    ["RCPT", null, "waiting"],
    ["DATA", "451 later", "waiting"],
    ["DATA", "554 no", "refused"],
    ["DATA", null, "waiting"],
    [".", "451 later", "waiting"],
    [".", "554 spam", "refused"],
    [".", null, "doubtful"],
  ]) {
    it(`is ${expected} when the server ${answer ? `answers ${answer}` : "hangs up"} at ${step}`, async () => {
      const { state, fault, taken } = await sendTo(step, answer);
      assert.equal(state, expected);
      assert.ok(fault);
      // What may be sent again has never been taken.
      if (state === "waiting") assert.deepEqual(taken, []);
    });
  }

  it("waits when nobody listens", async () => {
    const server = await serveSmtp();
    server.close();
    assert.equal((await mailerTo(`smtp://127.0.0.1:${server.port}`, FROM)(mail)).state, "waiting");
  });
});
