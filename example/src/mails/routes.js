import { Router } from "express";

const JOB = /^[A-Za-z0-9._:-]{1,100}$/;
const SUBJECT_MAX_LENGTH = 200;
const TEXT_MAX_LENGTH = 10_000;

const isText = (value, max) => typeof value === "string" && value.length > 0 && value.length <= max;

const fields = {
  job: [(value) => typeof value === "string" && JOB.test(value), "1 to 100 letters, digits and . _ : -"],
  subject: [(value) => isText(value, SUBJECT_MAX_LENGTH) && !/\p{Cc}/u.test(value), "one line of 1 to 200 characters"],
  text: [(value) => isText(value, TEXT_MAX_LENGTH) && !value.includes("\0"), "1 to 10000 characters"],
};

/**
 * `mails` has add, decide and counts (see store), wake: look for mails to send at once, and to: who gets them all. Were
 * it in the request, anybody could send anything to anybody.
 */
export function mailRoutes(mails) {
  const router = Router();

  router.post("/", async (request, response) => {
    const { job, subject, text } = request.body ?? {};
    const mail = { job, subject, text };
    const wrong = Object.keys(fields).find((name) => !fields[name][0](mail[name]));
    if (wrong) {
      response.status(400).json({ error: `${wrong} must be ${fields[wrong][1]}` });
      return;
    }
    const { added, state } = await mails.add({ ...mail, to: mails.to });
    mails.wake();
    response.status(added ? 202 : 200).json({ job, state });
  });

  router.get("/", async (_request, response) => {
    response.json(await mails.counts());
  });

  router.put("/:job/state", async (request, response) => {
    const state = request.body?.state;
    if (state !== "sent" && state !== "waiting") {
      response.status(400).json({ error: `state must be "sent", or "waiting" to send it again` });
      return;
    }
    if (!JOB.test(request.params.job) || !(await mails.decide(request.params.job, state))) {
      response.status(409).json({ error: "no such mail is in doubt or refused" });
      return;
    }
    mails.wake();
    response.json({ job: request.params.job, state });
  });

  return router;
}
