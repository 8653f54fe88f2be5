import { retried } from "../retry.js";

// Longer than a worker can be busy with one mail, so that nobody decides about a mail that is on its way.
const CLAIM_ENDED = "claimed_at < now() - interval '5 minutes'";

// Writes even if the mail is there already, so that the answer waits for a standby's copy (see events/store.js).
const ADD = `
  INSERT INTO mails (job, recipient, subject, body) VALUES ($1, $2, $3, $4)
  ON CONFLICT (job) DO UPDATE SET job = excluded.job
  RETURNING xmax = 0 AS added, state`;

// A mail that has this very claim was claimed by an earlier try, whose answer was lost.
const CLAIM = `
  UPDATE mails SET state = 'claimed', claim = $1, claimed_by = $2, claimed_at = now(), fault = NULL,
    attempts = attempts + 1
  WHERE job = (
    SELECT job FROM mails
    WHERE (state = 'waiting' AND retry_at <= now()) OR (state = 'claimed' AND claim = $1)
    ORDER BY state = 'claimed' DESC, created_at
    LIMIT 1
    FOR UPDATE SKIP LOCKED
  )
  RETURNING job, recipient AS "to", subject, body AS text, created_at AS "createdAt"`;

const SETTLE = `
  UPDATE mails
  SET state = $2, fault = $3, sent_at = CASE WHEN $2 = 'sent' THEN now() END,
      retry_at = now() + least(2 ^ least(attempts, 10), 300) * interval '1 second'
  WHERE claim = $1 AND state = 'claimed'`;

const DECIDE = `
  UPDATE mails SET state = $2, sent_at = CASE WHEN $2 = 'sent' THEN now() END, retry_at = now()
  WHERE job = $1 AND (state IN ('doubtful', 'refused') OR (state = 'claimed' AND ${CLAIM_ENDED}))`;

const COUNT = `
  SELECT CASE WHEN state = 'claimed' AND ${CLAIM_ENDED} THEN 'doubtful' ELSE state END AS state, count(*)::int AS count
  FROM mails GROUP BY 1`;

/** Mails in PostgreSQL: {job, to, subject, text, createdAt}. The job's name is the mail's identity. */
export function mailsIn(pool) {
  return {
    /** Resolves after the commit to whether this call added the mail, and to its state. */
    async add({ job, to, subject, text }) {
      return (await retried(() => pool.query(ADD, [job, to, subject, text]))).rows[0];
    },

    /**
     * Takes a mail that waits, if there is one: resolves after the commit, when nobody else can have it. `claim` is a
     * UUID of the caller's. When this rejects, a mail may have been taken: call it again with the same claim; once it
     * has resolved, never again.
     */
    async claim(claim, worker) {
      return (await pool.query(CLAIM, [claim, worker])).rows[0];
    },

    /** Ends a claim: "sent", "refused", "doubtful", or "waiting" for another try later. Harmless a second time. */
    async settle(claim, state, fault) {
      await pool.query(SETTLE, [claim, state, fault]);
    },

    /** A person's word on a mail in doubt or refused: "sent", or "waiting" to send it again. False: there is none. */
    async decide(job, state) {
      return (await pool.query(DECIDE, [job, state])).rowCount === 1;
    },

    /** {waiting, claimed, sent, refused, doubtful}; a claim that its worker has left behind counts as doubtful. */
    async counts() {
      const { rows } = await retried(() => pool.query(COUNT));
      const counts = { waiting: 0, claimed: 0, sent: 0, refused: 0, doubtful: 0 };
      return Object.assign(counts, Object.fromEntries(rows.map(({ state, count }) => [state, count])));
    },
  };
}
