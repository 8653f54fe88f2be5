CREATE TABLE events (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  happened_at timestamptz NOT NULL
);

-- Written together with the events, so that nobody has to count a large table.
CREATE TABLE event_counts (
  name text PRIMARY KEY,
  count bigint NOT NULL
);
