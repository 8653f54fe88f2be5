import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { log } from "../log.js";
import { repeat } from "../repeat.js";

const PAUSE_MS = 1_000;
const SETTLE_PAUSE_MS = 500;
const CLAIM_FRESH_MS = 60_000;

/**
 * Sends mails one by one: claims one (committed), sends it, settles the claim. `sendNext` resolves to whether there was
 * one. A claim that a dead worker left behind is never taken over, because nobody knows whether its mail was sent.
 */
export function createPostman({ mails, send, worker, now = () => performance.now(), rest = pause }) {
  let claim;

  async function sendNext() {
    // Kept while a claim's outcome is unknown.
    claim ??= randomUUID();
    const began = now();
    const mail = await mails.claim(claim, worker);
    const mine = claim;
    claim = undefined;
    if (!mail) return false;
    const fresh = now() - began < CLAIM_FRESH_MS;
    // A worker that was frozen for so long does not send: somebody may have decided about its claim.
    const { state, fault } = fresh ? await send(mail) : { state: "waiting", fault: "the worker was held up" };
    log("mail-settled", { job: mail.job, state, fault });
    await settle(mine, state, fault);
    return true;
  }

  async function settle(mine, state, fault) {
    for (;;) {
      try {
        return await mails.settle(mine, state, fault ?? null);
      } catch (error) {
        log("settle-failed", { state, message: error.message });
        await rest(SETTLE_PAUSE_MS);
      }
    }
  }

  return { sendNext };
}

/** Sends until `stop`, which resolves when the mail in hand is settled. `wake` looks for mails at once. */
export function runPostman(postman) {
  let stopping = false;
  const sending = repeat("postman", PAUSE_MS, async () => {
    while (!stopping && (await postman.sendNext()));
  });
  return {
    wake: sending.wake,
    stop() {
      stopping = true;
      return sending.stop();
    },
  };
}
