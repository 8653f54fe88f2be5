-- A row is the lock: whoever turns "waiting" into "claimed" in a committed transaction, and nobody else, sends the mail.
CREATE TABLE mails (
  job text PRIMARY KEY,
  recipient text NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'claimed', 'sent', 'refused', 'doubtful')),
  claim uuid,
  claimed_by text,
  claimed_at timestamptz,
  attempts int NOT NULL DEFAULT 0,
  retry_at timestamptz NOT NULL DEFAULT now(),
  fault text,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz
);

CREATE INDEX mails_to_send ON mails (created_at) WHERE state IN ('waiting', 'claimed');
