/** An event and its details: one line of JSON, so that the events of all nodes can be put in one order. */
export type Log = (event: string, details?: Record<string, unknown>) => void;

export const journal: Log = (event, details = {}) => {
  process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);
};
