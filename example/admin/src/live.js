const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
// More than twice as long as the server ever keeps silent.
const SILENCE_MS = 45_000;

/**
 * How long to wait before the next try, in ms: anything up to a bound that doubles with every try in vain. A release
 * closes everybody's websocket in the same moment, and they shall not come back in the same moment too.
 */
export function backOff(triesInVain, random = Math.random) {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** triesInVain);
}

/**
 * Keeps a websocket open. `open` makes one; `heard` gets every message; `changed` whether it is open. A connection
 * counts as made when the server has spoken, and as lost when it has been silent for 45 seconds.
 */
export function startLive({ open, heard, changed, timers = globalThis, random = Math.random }) {
  let triesInVain = 0;

  function connect() {
    const socket = open();
    let silence = timers.setTimeout(lose, SILENCE_MS);
    let lost = false;

    function lose() {
      if (lost) return;
      lost = true;
      timers.clearTimeout(silence);
      socket.close();
      changed(false);
      timers.setTimeout(connect, backOff(triesInVain++, random));
    }
    socket.addEventListener("message", ({ data }) => {
      if (lost) return;
      timers.clearTimeout(silence);
      silence = timers.setTimeout(lose, SILENCE_MS);
      triesInVain = 0;
      changed(true);
      heard(JSON.parse(data));
    });
    socket.addEventListener("close", lose);
  }
  connect();
}
