import { repeat } from "../repeat.js";

const BATCH = 1_000;
const FLUSH_MS = 500;
const SWEEP_MS = 3_000;
// Long enough that the worker that accepted an event has flushed it, unless it is dead or PostgreSQL was away.
const ORPHANED_MS = 10_000;

/**
 * Brings events to PostgreSQL. A worker flushes what it holds itself; `sweep` takes what has lain in redis for longer,
 * because its worker died. Both remove from redis only what is committed, and may be cut off at any point or meet each
 * other: what is saved twice is stored once.
 */
export function createFlusher({ held, journal, store }) {
  async function flush() {
    const due = [...held.values()];
    const saved = [];
    try {
      for (let start = 0; start < due.length; start += BATCH) {
        const batch = due.slice(start, start + BATCH);
        await store.save(batch);
        for (const { id } of batch) held.delete(id);
        saved.push(...batch);
      }
    } finally {
      await journal.remove(saved);
    }
  }

  async function sweep() {
    if (!(await journal.takeTurn(SWEEP_MS))) return;
    for await (const orphans of journal.acceptedBefore(Date.now() - ORPHANED_MS)) {
      await store.save(orphans);
      await journal.remove(orphans);
    }
  }

  return { flush, sweep };
}

/** Flushes and sweeps until `stop`, which resolves when what is held has been flushed. */
export function runFlusher(flusher) {
  const flushing = repeat("flush", FLUSH_MS, flusher.flush);
  const sweeping = repeat("sweep", SWEEP_MS, flusher.sweep);
  return {
    async stop() {
      sweeping.stop();
      await flushing.stop();
      await flusher.flush();
    },
  };
}
