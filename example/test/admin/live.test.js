import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backOff, startLive } from "../../admin/src/live.js";

/** A page's websockets and timers, in the hands of the test. */
function page({ random = () => 0.5 } = {}) {
  const sockets = [];
  const pending = [];
  const heard = [];
  const states = [];
  const timers = {
    setTimeout: (work, ms) => pending[pending.push({ work, ms }) - 1],
    clearTimeout: (timer) => pending.includes(timer) && pending.splice(pending.indexOf(timer), 1),
  };
  const open = () => {
    const listeners = {};
    const socket = {
      closed: false,
      addEventListener: (name, listener) => (listeners[name] = listener),
      close: () => (socket.closed = true),
      hear: (message) => listeners.message({ data: JSON.stringify(message) }),
      end: () => listeners.close(),
    };
    sockets.push(socket);
    return socket;
  };
  startLive({ open, heard: (message) => heard.push(message), changed: (on) => states.push(on), timers, random });
  const elapse = () => {
    const { work, ms } = pending.pop();
    work();
    return ms;
  };
  return { sockets, pending, heard, states, elapse };
}

describe("a page's websocket", () => {
  it("hands on what it hears", () => {
    const { sockets, heard, states } = page();
    sockets[0].hear({ type: "hello" });
    assert.deepEqual([heard, states], [[{ type: "hello" }], [true]]);
  });

  it("comes again by itself, later each time while it is in vain, and at once again after it was not", () => {
    const { sockets, states, elapse } = page();
    const waits = [];
    for (let count = 0; count < 7; count++) {
      sockets.at(-1).end();
      waits.push(elapse());
    }
    assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    assert.equal(states.at(-1), false);
    sockets.at(-1).hear({ type: "hello" });
    assert.equal(states.at(-1), true);
    sockets.at(-1).end();
    assert.equal(elapse(), 500);
  });

  it("waits for a time that is anybody's own", () => {
    assert.deepEqual([backOff(0, () => 0), backOff(0, () => 0.999), backOff(20, () => 1)], [0, 999, 30_000]);
    const times = new Set(Array.from({ length: 50 }, () => backOff(3)));
    assert.ok(times.size > 1);
  });

  it("gives up a connection that has gone silent, and hears nothing from it any more", () => {
    const { sockets, heard, states, elapse, pending } = page();
    sockets[0].hear({ type: "ping" });
    assert.equal(elapse(), 45_000);
    assert.ok(sockets[0].closed);
    assert.equal(states.at(-1), false);
    sockets[0].hear({ type: "late" });
    sockets[0].end();
    assert.deepEqual(heard, [{ type: "ping" }]);
    assert.equal(pending.length, 1);
    elapse();
    assert.equal(sockets.length, 2);
  });
});
