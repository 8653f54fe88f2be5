import { clearTimeout, setTimeout } from "node:timers";
import { log } from "./log.js";

/**
 * Runs `work` at once and again `pauseMs` after it ended, never twice at a time; a failure is logged. `wake` ends the
 * pause; `stop` resolves when the run that is under way has ended, and there is no other.
 */
export function repeat(name, pauseMs, work) {
  let stopped = false;
  let wake = () => {};

  async function run() {
    while (!stopped) {
      try {
        await work();
      } catch (error) {
        log(`${name}-failed`, { message: error.message });
      }
      if (!stopped) await pause();
    }
  }
  const pause = () =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const ended = run();
  return {
    wake: () => wake(),
    stop() {
      stopped = true;
      wake();
      return ended;
    },
  };
}
