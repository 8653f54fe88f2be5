/** Storage in memory, and a switch (`down`) to make it fail. */
export function memory() {
  const rows = [];
  const events = new Map();
  const mails = new Map([["doubted", "doubtful"]]);
  let visits = 0;
  const store = {
    down: false,
    notes: {
      add: async (text) => (available(), rows.unshift({ id: rows.length + 1, text }), rows[0]),
      latest: async (limit) => (available(), rows.slice(0, limit)),
      count: async () => (available(), rows.length),
    },
    events: {
      accept: async (event) => (available(), events.set(event.id, event), "redis"),
      count: async () => (available(), events.size),
      waiting: async () => (available(), 0),
      counts: async () => (available(), [...events.values()].map(({ name }) => ({ name, count: 1 }))),
    },
    mails: {
      async add({ job }) {
        const added = !mails.has(job);
        if (added) mails.set(job, "waiting");
        return { added, state: mails.get(job) };
      },
      decide: async (job, state) => mails.get(job) === "doubtful" && Boolean(mails.set(job, state)),
      counts: async () => (available(), { waiting: mails.size, claimed: 0, sent: 0, refused: 0, doubtful: 0 }),
      wake() {},
    },
    visits: { add: async () => (available(), ++visits), count: async () => (available(), visits) },
    check: async () => available(),
  };
  const available = () => {
    if (store.down) throw new Error("down");
  };
  return store;
}
