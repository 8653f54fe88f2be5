import { lasting } from "../cache.js";
import { log } from "../log.js";

const KEY = "events";
const TURN = "events:sweeper";
const WAIT_MS = 500;
// WAIT included; the request behind it still has to go to PostgreSQL if this was in vain.
const COMMAND_TIMEOUT_MS = 1_500;
const PAGE = 500;

/**
 * A connection for `append` alone. WAIT tells about the writes of its own connection, and of a new one it says
 * "everything is copied" because nothing was written there. So nothing is ever sent again on another connection.
 */
export function openJournal(cache) {
  const connection = cache.duplicate({
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });
  connection.on("error", (error) => log("journal-connection-lost", { message: error.message }));
  return lasting(connection);
}

/**
 * The events that are not in PostgreSQL yet: a hash in redis, by the event's id, because a failover may give an
 * entry's number in a stream or its place in a list to another event. `replicas` is how many the master has when none
 * is missing.
 */
export function journalIn({ connection, cache, replicas }) {
  return {
    /** Resolves when the master and every replica have the events. When it rejects, they may be there or not. */
    async append(events) {
      if (replicas === 0) throw new Error("there is no replica");
      const fields = events.flatMap((event) => [event.id, JSON.stringify(event)]);
      const replies = await connection
        .pipeline()
        .hset(KEY, ...fields)
        .wait(replicas, WAIT_MS)
        .exec();
      for (const [error] of replies) if (error) throw error;
      const copies = replies[1][1];
      if (copies < replicas) throw new Error(`${copies} of ${replicas} replicas have a copy`);
    },

    async remove(events) {
      for (let start = 0; start < events.length; start += PAGE) {
        await cache.hdel(KEY, ...events.slice(start, start + PAGE).map(({ id }) => id));
      }
    },

    /** Lists of events that were accepted before `time` (ms), perhaps some of them twice. */
    async *acceptedBefore(time) {
      for await (const words of cache.hscanStream(KEY, { count: PAGE })) {
        const events = words.filter((_word, index) => index % 2 === 1).map((text) => JSON.parse(text));
        const old = events.filter(({ at }) => Date.parse(at) < time);
        if (old.length > 0) yield old;
      }
    },

    /** Whether it is this worker's turn for so long. After a failover two may have it, so it may save work, no more. */
    async takeTurn(ms) {
      return (await cache.set(TURN, "taken", "PX", ms, "NX")) === "OK";
    },

    length: () => cache.hlen(KEY),
  };
}
