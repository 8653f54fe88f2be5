import { MissingStore } from "./missing.js";

/** Returns a function that resolves to all counts. A count of a store that development does without is null. */
export function countsOf({ notes, visits, events, mails }) {
  return async () => {
    const asked = [notes.count(), visits.count(), events.count(), events.waiting(), mails.counts()];
    const [noteCount, visitCount, eventCount, eventsWaiting, mailCounts] = await Promise.all(asked.map(orNull));
    return {
      notes: noteCount,
      visits: visitCount,
      events: eventCount,
      eventsWaiting,
      mailsSent: mailCounts?.sent ?? null,
      mailsWaiting: mailCounts?.waiting ?? null,
      mailsInDoubt: mailCounts?.doubtful ?? null,
    };
  };
}

async function orNull(asked) {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof MissingStore) return null;
    throw error;
  }
}
