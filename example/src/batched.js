/**
 * Group commit: returns a function that takes one item and resolves with what `work` made of the batch that the item
 * went in, or rejects with its error. One batch of at most `max` items is under way at a time; what comes meanwhile
 * makes up the next, so that batches grow with the load and a lone item never waits.
 */
export function batched(work, max) {
  const waiting = [];
  let running = false;

  async function run() {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, max);
      try {
        const result = await work(batch.map(({ item }) => item));
        for (const { resolve } of batch) resolve(result);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!running) run();
    });
}
